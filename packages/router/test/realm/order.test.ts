import { type Message, MessageType, type Payload } from '@autobahn-ts/wamp/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { payload, type TestClient, TestRealm } from '../fixtures/test-realm.ts'

const { CALL, ERROR, EVENT, INVOCATION, PUBLISH, REGISTER, REGISTERED, RESULT, SUBSCRIBE, SUBSCRIBED, YIELD } = MessageType

const who = fc.nat(3)
const topic = fc.constantFrom('com.a', 'com.a.b')
/** Messages are sent without waiting for anything, and arrive when it comes to a turn; clients stop reading and go on meanwhile. */
const anAct = fc.oneof(
  { weight: 6, arbitrary: fc.record({ is: fc.constant('publish' as const), who, topic }) },
  { weight: 6, arbitrary: fc.record({ is: fc.constant('call' as const), who, topic }) },
  {
    weight: 2,
    arbitrary: fc.record({
      is: fc.constant('subscribe' as const),
      who,
      topic,
      match: fc.constantFrom('exact' as const, 'prefix' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ is: fc.constant('register' as const), who, topic }) },
  { weight: 4, arbitrary: fc.record({ is: fc.constant('answer' as const), who }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('stall' as const), who }) },
  { weight: 2, arbitrary: fc.record({ is: fc.constant('flow' as const), who }) },
  { weight: 4, arbitrary: fc.record({ is: fc.constant('turn' as const), who }) },
)

describe('the order of messages', () => {
  it('is that of each publisher at each subscriber, and of each caller at each callee, however messages arrive', () => {
    fc.assert(
      fc.property(fc.array(anAct, { minLength: 10, maxLength: 150, size: 'max' }), acts => {
        const realm = new TestRealm()
        const clients = [0, 1, 2, 3].map(() => realm.join({}, { highWaterMark: 512 }))
        const logs: Message[][] = clients.map(() => [])
        const answered = clients.map(() => 0)
        const asked = clients.map(() => 0)
        let count = 0
        const look = (): void => {
          for (const [n, client] of clients.entries()) logs[n]!.push(...client.received())
        }
        for (const act of acts) {
          const client = clients[act.who]!
          if (act.is === 'publish') send(client, [PUBLISH, client.next(), { exclude_me: false }, act.topic, payload(act.who, ++count)])
          else if (act.is === 'subscribe') send(client, [SUBSCRIBE, client.next(), { match: act.match }, act.topic])
          else if (act.is === 'register') send(client, [REGISTER, client.next(), { invoke: 'roundrobin' }, act.topic])
          else if (act.is === 'stall') client.transport.stall()
          else if (act.is === 'flow') client.transport.flow()
          else if (act.is === 'turn') look()
          else if (act.is === 'call') {
            asked[act.who]!++
            send(client, [CALL, client.next(), {}, act.topic, payload(act.who, ++count)])
          } else answer(client, logs[act.who]!, answered, act.who)
        }
        for (const client of clients) client.transport.flow()
        look()
        for (const [n, client] of clients.entries()) while (answer(client, logs[n]!, answered, n)) look()
        look()
        for (const [n, log] of logs.entries()) check(log, asked[n]!)
      }),
      { numRuns: 150 },
    )
  })
})

function send(client: TestClient, message: Message): void {
  client.transport.send(message)
}

/** Answers the oldest invocation that was not answered. Returns whether there was one. */
function answer(client: TestClient, log: readonly Message[], answered: number[], who: number): boolean {
  const invocation = log.filter(([type]) => type === INVOCATION)[answered[who]!]
  if (invocation === undefined) return false
  answered[who]!++
  client.transport.send([YIELD, invocation[1] as number, {}, invocation[4] as Payload])
  return true
}

/** Expects the promises about order of what one client has got. */
function check(log: readonly Message[], asked: number): void {
  const subscribed = new Set<unknown>()
  const registered = new Set<unknown>()
  const last = new Map<string, number>()
  for (const message of log) {
    if (message[0] === SUBSCRIBED) subscribed.add(message[2])
    if (message[0] === REGISTERED) registered.add(message[2])
    if (message[0] === EVENT) expect(subscribed, 'SUBSCRIBED comes before EVENT').toContain(message[1])
    if (message[0] === INVOCATION) expect(registered, 'REGISTERED comes before INVOCATION').toContain(message[2])
    if (message[0] !== EVENT && message[0] !== INVOCATION) continue
    const [from, number] = (message[4] as Payload).args as [number, number]
    // an event comes once for each subscription, so the number may be the same as before
    const key = `${message[0]} of ${from}`
    expect(number).toBeGreaterThanOrEqual(last.get(key) ?? 0)
    last.set(key, number)
  }
  const finals = log.filter(message => message[0] === RESULT || (message[0] === ERROR && message[1] === CALL))
  const requests = finals.map(message => (message[0] === ERROR ? message[2] : message[1]))
  expect(new Set(requests).size, 'no call has two answers').toBe(requests.length)
  expect(requests.length, 'every call has an answer').toBe(asked)
}
