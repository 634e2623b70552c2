// Measures what broker and dealer alone cost: calls and events of sessions whose transports throw everything away. Needs a build.

import { fullAccess } from '../../packages/router/dist/realm/access.js'
import { Realm } from '../../packages/router/dist/realm/realm.js'
import { defaultRealmLimits } from '../../packages/router/dist/realm/realm-limits.js'
import { nodeRuntime } from '../../packages/websocket/dist/index.js'

const rounds = 7
const [CALL, YIELD, PUBLISH, SUBSCRIBE, REGISTER, INVOCATION] = [48, 70, 16, 32, 64, 68]
const payload = { args: [2, 3], kwargs: {} }
const options = {}
const everything = { features: { call_canceling: true, progressive_call_results: true } }

/** A transport that takes everything, and remembers the last INVOCATION. */
class Sink {
  format = { serializer: 'json', prepare: message => ({ size: 100, message }) }
  details = { kind: 'memory', peer: '', isSecure: false, headers: {} }
  maxSendSize = 2 ** 24
  bufferedAmount = 0
  isWritable = true
  invocation = 0
  count = 0
  send(message) {
    this.count++
    if (message[0] === INVOCATION) this.invocation = message[1]
  }
  sendPrepared() {
    this.count++
  }
  pause() {}
  resume() {}
  close() {}
  abort() {}
}

const rows = [
  calls('a call: CALL, INVOCATION, YIELD, RESULT', options),
  calls('the same with a timeout', { timeout: 60_000 }),
  calls('the same, and the caller is disclosed', { disclose_me: true }),
  events('an event to 1 subscriber', 1, 1),
  events('an event to 100 subscribers, for each', 100, 100),
  events('an event to 1,000 subscribers, for each', 1000, 1000),
]
console.log(`microseconds, median of ${rounds} rounds; sessions without transports\n`)
for (const { name, microseconds } of rows) console.log(`${name.padEnd(44)}${microseconds.toFixed(3).padStart(8)}`)

function realmOf() {
  let id = 0
  return new Realm(
    { name: 'realm1', agent: 'bench', limits: { ...defaultRealmLimits, maxMessageRate: 0 } },
    { clock: nodeRuntime.clock, today: () => Date.now(), randomId: () => ++id, access: fullAccess, onError: console.error },
  )
}

function join(realm) {
  const transport = new Sink()
  const session = realm.join(transport, {
    session: realm.newSessionId(),
    authid: 'joe',
    authrole: 'user',
    authmethod: 'ticket',
    roles: { caller: everything, callee: everything, publisher: {}, subscriber: {} },
  })
  return { session, transport }
}

function calls(name, callOptions) {
  const realm = realmOf()
  const [callee, caller] = [join(realm), join(realm)]
  for (let n = 0; n < 1000; n++) callee.session.onMessage([REGISTER, n + 1, {}, `com.example.procedure${n}`])
  let request = 0
  return measured(name, 200_000, 1, n => {
    caller.session.onMessage([CALL, ++request, callOptions, `com.example.procedure${n % 1000}`, payload])
    callee.session.onMessage([YIELD, callee.transport.invocation, options, payload])
  })
}

function events(name, subscribers, receivers) {
  const realm = realmOf()
  const publisher = join(realm)
  for (let n = 0; n < subscribers; n++) join(realm).session.onMessage([SUBSCRIBE, 1, {}, 'com.example.topic'])
  let request = 0
  return measured(name, Math.ceil(400_000 / receivers), receivers, () =>
    publisher.session.onMessage([PUBLISH, ++request, options, 'com.example.topic', payload]),
  )
}

function measured(name, times, divisor, work) {
  const results = []
  for (let round = 0; round <= rounds; round++) {
    const began = process.hrtime.bigint()
    for (let n = 0; n < times; n++) work(n)
    const nanoseconds = Number(process.hrtime.bigint() - began)
    // the first round is for the compiler
    if (round > 0) results.push(nanoseconds / 1000 / times / divisor)
  }
  return { name, microseconds: results.sort((a, b) => a - b)[rounds >> 1] }
}
