import { type MemoryTransport, type MemoryTransportOptions, type Message, MessageType, memoryTransports } from '@autobahn-ts/wamp/protocol'
import type { Clock, Timer } from '@autobahn-ts/websocket/portable'
import { describe, expect, it } from 'vitest'
import { fullAccess } from '../../src/realm/access.ts'
import { Realm } from '../../src/realm/realm.ts'
import { defaultRealmLimits } from '../../src/realm/realm-limits.ts'
import { allFeatures, payload } from '../fixtures/test-realm.ts'

const { CALL, EVENT, INVOCATION, PUBLISH, REGISTER, RESULT, SUBSCRIBE, YIELD } = MessageType

/** Sessions of each kind, and the messages that each honest one sends, one after the other. */
const sessions = 500
const each = 5

describe('a realm with as many hostile sessions as honest ones', () => {
  it('loses nothing of the honest ones, and lets them wait no longer than alone', () => {
    const alone = played([])
    const floods = played(['flood'])
    const stalls = played(['stall'])
    const drops = played(['drop'])
    const all = played(['flood', 'stall', 'drop'])
    for (const { results, events, lost } of [alone, floods, stalls, drops, all]) {
      expect([results, events, lost]).toEqual([sessions * each, sessions * each, 0])
    }
    // A call takes four ways: to the realm, to the callee, and back.
    expect(alone.longestCall).toBe(4)
    for (const { longestCall } of [floods, stalls, drops, all]) expect(longestCall).toBe(4)
  }, 60_000)

  it('holds for those who do not read no more than the bounds', () => {
    const { realm, longestOutbox } = played(['stall'])
    const { outboxMessages, outboxReserveMessages } = realm.limits
    expect(longestOutbox).toBeGreaterThan(0)
    expect(longestOutbox).toBeLessThanOrEqual(outboxMessages + outboxReserveMessages)
    expect(realm.totals().droppedEvents).toBeGreaterThan(0)
  }, 60_000)
})

/** Honest sessions read, so their transports take all that comes in one turn. */
const roomy: MemoryTransportOptions = { highWaterMark: 2 ** 24, maxUnsentSize: 2 ** 26 }

type Hostility = 'flood' | 'stall' | 'drop'

/** Lets honest sessions call and publish beside hostile ones, until all honest ones have what they asked for. */
function played(hostilities: readonly Hostility[]) {
  const clock = new TurnClock()
  let ids = 0
  const realm = new Realm(
    { name: 'realm1', agent: 'test', limits: { ...defaultRealmLimits, outboxMessages: 50, outboxReserveMessages: 50 } },
    { clock, today: () => 0, randomId: () => ++ids, access: fullAccess, onError: error => expect.unreachable(error.message) },
  )
  const join = (onMessage: (message: Message) => void, options: MemoryTransportOptions = roomy): MemoryTransport => {
    const [client, end] = memoryTransports(clock, options)
    client.open({ onMessage, onViolation() {}, onWritable() {}, onClosed() {} })
    const name = { authid: 'joe', authrole: 'user', authmethod: 'ticket', roles: allFeatures }
    end.open(realm.join(end, { session: realm.newSessionId(), ...name }))
    return client
  }

  const callee = join(message => {
    if (message[0] === INVOCATION) callee.send([YIELD, message[1], {}, message[4]])
  })
  callee.send([REGISTER, 1, {}, 'com.echo'])
  let events = 0
  let lost = 0
  const subscriber = join(message => {
    if (message[0] !== EVENT) return
    events++
    lost += (message[3]._dropped as number | undefined) ?? 0
  })
  subscriber.send([SUBSCRIBE, 1, {}, 'com.news'])
  clock.turn()

  const hostiles = hostilities.flatMap(hostility =>
    Array.from({ length: Math.ceil(sessions / hostilities.length) }, () => hostile(hostility, join)),
  )
  clock.turn()

  let results = 0
  let longestCall = 0
  for (let n = 0; n < sessions; n++) {
    let asked = 0
    let began = clock.turns
    const client = join(message => {
      if (message[0] !== RESULT) return
      results++
      longestCall = Math.max(longestCall, clock.turns - began)
      if (++asked < each) ask()
    })
    const ask = (): void => {
      began = clock.turns
      client.send([PUBLISH, 2 * asked + 1, {}, 'com.news', payload(asked)])
      client.send([CALL, 2 * asked + 2, {}, 'com.echo', payload(asked)])
    }
    ask()
  }
  let longestOutbox = 0
  for (let turn = 0; turn < 1000 && (results < sessions * each || events < sessions * each); turn++) {
    for (const act of hostiles) act()
    clock.turn()
    if (turn % 10 === 0) for (const { outbox } of realm.sessions.values()) longestOutbox = Math.max(longestOutbox, outbox.messages)
  }
  return { realm, results, events, lost, longestCall, longestOutbox }
}

/** Makes a hostile session. Returns the function by which it acts in each turn. */
function hostile(hostility: Hostility, join: (onMessage: () => void, options?: MemoryTransportOptions) => MemoryTransport): () => void {
  let client = join(() => {}, { highWaterMark: 0 })
  let request = 0
  switch (hostility) {
    // publishes and calls as fast as it can, and asks for more than it may
    case 'flood':
      return () => {
        for (let n = 0; n < 4; n++) client.send([PUBLISH, ++request, {}, 'com.flood', payload('x')])
        client.send([CALL, ++request, { progress: true, receive_progress: true }, 'com.nobody', payload('x')])
        client.send([SUBSCRIBE, ++request, { match: 'wildcard', get_retained: true }, `com.flood.${request}..x`])
      }
    // subscribes and calls, and reads nothing
    case 'stall':
      client.send([SUBSCRIBE, 1, {}, 'com.news'])
      client.stall()
      request = 1
      return () => client.send([CALL, ++request, { receive_progress: true }, 'com.echo', payload('x')])
    // joins, takes part, and is gone in the next turn
    case 'drop':
      return () => {
        client.send([REGISTER, 1, { invoke: 'roundrobin' }, 'com.shared'])
        client.send([SUBSCRIBE, 2, { match: 'prefix' }, 'com'])
        client.send([CALL, 3, {}, 'com.echo', payload('x')])
        client.abort('gone')
        client = join(() => {}, { highWaterMark: 0 })
      }
  }
}

/** A clock whose deferred work runs in turns, as that of an event loop: what a turn defers belongs to the next one. */
class TurnClock implements Clock {
  turns = 0
  #deferred: (() => void)[] = []
  readonly #timers = new Set<{ readonly due: number; readonly callback: () => void }>()

  now(): number {
    return this.turns
  }

  schedule(callback: () => void, delay: number): Timer {
    const timer = { due: this.turns + delay, callback }
    this.#timers.add(timer)
    return { cancel: () => void this.#timers.delete(timer) }
  }

  defer(callback: () => void): void {
    this.#deferred.push(callback)
  }

  yield(callback: () => void): void {
    this.#deferred.push(callback)
  }

  turn(): void {
    this.turns++
    const deferred = this.#deferred
    this.#deferred = []
    for (const callback of deferred) callback()
    for (const timer of this.#timers) {
      if (timer.due > this.turns) continue
      this.#timers.delete(timer)
      timer.callback()
    }
  }
}
