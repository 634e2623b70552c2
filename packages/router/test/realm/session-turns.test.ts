import { JsonSerializer, type MemoryTransport, type Message, MessageType, memoryTransports } from '@autobahn-ts/wamp/protocol'
import type { Clock, Timer } from '@autobahn-ts/websocket/portable'
import { FakeClock } from '@autobahn-ts/websocket/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Access, fullAccess, type Verdict } from '../../src/realm/access.ts'
import { Realm } from '../../src/realm/realm.ts'
import { defaultRealmLimits } from '../../src/realm/realm-limits.ts'
import { fewMessages, messagesInTurn, messagesOfAll, SessionTurns, type TurnTaker } from '../../src/realm/session-turns.ts'
import { allFeatures, eventsOf, payload, TestRealm } from '../fixtures/test-realm.ts'

const { CALL, EVENT, INVOCATION, PUBLISH, REGISTER, RESULT, SUBSCRIBE, YIELD } = MessageType

describe('SessionTurns', () => {
  it('serves those that wait in the order in which they came, as many in a turn as may send 32 messages', () => {
    const clock = new TurnClock()
    const turns = new SessionTurns(clock)
    const served: string[] = []
    for (const name of ['a', 'b', 'c', 'd', 'e']) turns.wait(taker(16, () => served.push(name)))
    expect(served).toEqual([])
    clock.turn()
    expect(served).toEqual(['a', 'b'])
    clock.turn()
    expect(served).toEqual(['a', 'b', 'c', 'd'])
    clock.turn()
    expect(served).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(clock.isIdle).toBe(true)
  })

  it('serves a session that waits again behind the others', () => {
    const clock = new TurnClock()
    const turns = new SessionTurns(clock)
    const served: string[] = []
    const greedy = taker(32, () => {
      served.push('greedy')
      if (served.length < 4) turns.wait(greedy)
    })
    turns.wait(greedy)
    turns.wait(taker(32, () => served.push('other')))
    for (let n = 0; n < 5; n++) clock.turn()
    expect(served).toEqual(['greedy', 'other', 'greedy', 'greedy'])
    expect(clock.isIdle).toBe(true)
  })

  it('has a session count anew in the next turn, once', () => {
    const clock = new TurnClock()
    const turns = new SessionTurns(clock)
    let counted = 0
    turns.count({ ...taker(32, () => {}), countAnew: () => counted++ })
    expect(counted).toBe(0)
    clock.turn()
    clock.turn()
    expect(counted).toBe(1)
  })
})

describe('SessionTurns with many messages of all sessions', () => {
  it('has each session look from half of the bound on, gives it few messages above the bound, and one above twice that', () => {
    const clock = new TurnClock()
    const turns = new SessionTurns(clock)
    const counted = (count: number): boolean => Array.from({ length: count }, () => turns.countMessage()).at(-1)!
    expect([counted(messagesOfAll / 2 - 1), clock.isIdle]).toEqual([false, true])
    expect([counted(1), turns.few]).toEqual([true, messagesInTurn])
    expect([counted(messagesOfAll / 2), turns.few]).toEqual([true, fewMessages])
    expect([counted(messagesOfAll), turns.few]).toEqual([true, 1])
    const { crowd } = turns
    clock.turn()
    expect(counted(1)).toBe(false)
    expect(counted(messagesOfAll)).toBe(true)
    expect(turns.crowd).not.toBe(crowd)
  })

  it('serves those that have sent little beside those that have sent much, and not behind them', () => {
    const clock = new TurnClock()
    const turns = new SessionTurns(clock)
    const served: string[] = []
    for (let n = 0; n < 10; n++) turns.wait(taker(32, () => served.push('much')))
    for (let n = 0; n < 10; n++)
      turns.wait(
        taker(32, () => served.push('little')),
        true,
      )
    clock.turn()
    expect(served).toEqual([...Array.from({ length: 8 }, () => 'little'), 'much'])
    clock.turn()
    expect(served.slice(9)).toEqual(['little', 'little', 'much'])
    for (let n = 0; n < 8; n++) clock.turn()
    expect(served).toHaveLength(20)
    expect(clock.isIdle).toBe(true)
  })
})

describe('many sessions that flood in the same turn', () => {
  it('have few messages each once all together have sent many, and lose nothing', () => {
    const { clock, join } = realmInTurns()
    const got = new Map<unknown, unknown[]>()
    let events = 0
    const subscriber = join(message => {
      if (message[0] !== EVENT) return
      events++
      const [who, n] = eventsOf([message])[0]!
      got.set(who, [...(got.get(who) ?? []), n])
    })
    subscriber.send([SUBSCRIBE, 1, {}, 'com.flood'])
    const floods = Array.from({ length: 200 }, () => join(() => {}))
    clock.turn()
    clock.turn()
    floods.forEach((flood, who) => {
      for (let n = 1; n <= 40; n++) flood.send([PUBLISH, n, {}, 'com.flood', payload(who, n)])
    })
    const perTurn: number[] = []
    while (!clock.isIdle) {
      const before = events
      clock.turn()
      perTurn.push(events - before)
    }
    const [first, ...further] = perTurn.filter(count => count > 0)
    expect(first).toBeGreaterThanOrEqual(messagesOfAll)
    expect(first).toBeLessThanOrEqual(messagesOfAll + fewMessages * floods.length)
    // eight of those that have sent little, and one of those that have sent much, in the turn in which they are served and in the next one
    expect(Math.max(...further)).toBeLessThanOrEqual(2 * 9 * messagesInTurn)
    expect([...got.values()]).toEqual(floods.map(() => Array.from({ length: 40 }, (_, n) => n + 1)))
  })

  it('do not hold a session that sends one message in that turn', () => {
    const { clock, join } = realmInTurns()
    const floods = Array.from({ length: 200 }, () => join(() => {}))
    let results = 0
    const callee = join(message => void (message[0] === INVOCATION && callee.send([YIELD, message[1], {}])))
    callee.send([REGISTER, 1, {}, 'com.echo'])
    const caller = join(message => void (message[0] === RESULT && results++))
    clock.turn()
    clock.turn()
    for (const flood of floods) for (let n = 1; n <= 100; n++) flood.send([PUBLISH, n, {}, 'com.flood', payload(n)])
    caller.send([CALL, 1, {}, 'com.echo'])
    let turns = 0
    for (; results === 0; turns++) clock.turn()
    expect(turns).toBeLessThanOrEqual(5)
  })
})

describe('a session that floods', () => {
  it('has 32 messages handled in a turn, and does not hold a call for longer', () => {
    const { clock, join } = realmInTurns()
    const log: string[] = []
    const callee = join(message => {
      if (message[0] !== INVOCATION) return
      log.push('invocation')
      callee.send([YIELD, message[1], {}, message[4]])
    })
    callee.send([REGISTER, 1, {}, 'com.echo'])
    const subscriber = join(message => void (message[0] === EVENT && log.push('event')))
    subscriber.send([SUBSCRIBE, 1, {}, 'com.flood'])
    const flood = join(() => {})
    const caller = join(message => void (message[0] === RESULT && log.push('result')))
    clock.turn()
    clock.turn()
    for (let n = 1; n <= 1000; n++) flood.send([PUBLISH, n, {}, 'com.flood', payload(n)])
    caller.send([CALL, 1, {}, 'com.echo', payload('x')])
    clock.turn()
    clock.turn()
    expect(log.filter(each => each === 'event')).toHaveLength(messagesInTurn)
    while (!log.includes('result')) clock.turn()
    // of the four turns that a call takes, each has one share of the flood at most
    expect(log.indexOf('result')).toBeLessThanOrEqual(4 * messagesInTurn)
    while (!clock.isIdle) clock.turn()
    expect(log.filter(each => each === 'event')).toHaveLength(1000)
  })

  it('shares one turn with all others that flood', () => {
    const { clock, join } = realmInTurns()
    let events = 0
    const subscriber = join(message => void (message[0] === EVENT && events++))
    subscriber.send([SUBSCRIBE, 1, {}, 'com.flood'])
    const floods = Array.from({ length: 20 }, () => join(() => {}))
    clock.turn()
    clock.turn()
    for (const flood of floods) for (let n = 1; n <= 200; n++) flood.send([PUBLISH, n, {}, 'com.flood', payload(n)])
    const perTurn: number[] = []
    while (!clock.isIdle) {
      const before = events
      clock.turn()
      perTurn.push(events - before)
    }
    expect(events).toBe(20 * 200)
    // the first share of each comes in the turn in which it is read
    const [first, ...further] = perTurn.filter(count => count > 0)
    expect(first).toBe(20 * messagesInTurn)
    expect(Math.max(...further)).toBeLessThanOrEqual(2 * messagesInTurn)
  })

  it('is not read ahead of, unless it waits for a permission as well', async () => {
    let allow: (verdict: Verdict) => void = () => {}
    const access: Access = {
      ...fullAccess,
      mayDo: (session, action, uri, match) =>
        uri === 'com.slow' ? new Promise(resolve => (allow = resolve)) : fullAccess.mayDo(session, action, uri, match),
    }
    const { clock, join, pauses } = realmInTurns(0, access)
    const flood = join(() => {})
    clock.turn()
    clock.turn()
    for (let n = 1; n < messagesInTurn; n++) flood.send([PUBLISH, n, {}, 'com.flood', payload(n)])
    flood.send([PUBLISH, messagesInTurn, {}, 'com.slow', payload('x')])
    clock.turn()
    clock.turn()
    expect(pauses).toEqual([false, undefined])
    while (!clock.isIdle) clock.turn()
    allow({ allow: true, disclose: false })
    await new Promise(setImmediate)
    for (let n = 1; n <= messagesInTurn; n++) flood.send([PUBLISH, n, {}, 'com.flood', payload(n)])
    while (!clock.isIdle) clock.turn()
    expect(pauses).toEqual([false, undefined, false])
  })

  it('is spread over the time, where others were slowed down with it', () => {
    const { clock, join } = realmInTurns(100)
    let events = 0
    const subscriber = join(message => void (message[0] === EVENT && events++))
    subscriber.send([SUBSCRIBE, 1, {}, 'com.flood'])
    const floods = Array.from({ length: 100 }, () => join(() => {}))
    clock.turn()
    clock.turn()
    for (const flood of floods) for (let n = 1; n <= 60; n++) flood.send([PUBLISH, n, {}, 'com.flood', payload(n)])
    for (let n = 0; n < 50; n++) clock.turn()
    const perTurn: number[] = []
    while (events < 100 * 60) {
      const before = events
      clock.turn()
      perTurn.push(events - before)
    }
    // four sessions of ten messages reach the share
    expect(Math.max(...perTurn)).toBeLessThanOrEqual(2 * 40)
    expect(perTurn.length).toBeGreaterThanOrEqual(400)
  })

  it('does not make a callee wait that answers many calls', () => {
    const { clock, join } = realmInTurns()
    const callee = join(message => void (message[0] === INVOCATION && callee.send([YIELD, message[1], {}])))
    callee.send([REGISTER, 1, {}, 'com.echo'])
    clock.turn()
    clock.turn()
    let results = 0
    for (let n = 0; n < 200; n++) join(message => void (message[0] === RESULT && results++)).send([CALL, 1, {}, 'com.echo'])
    for (let n = 0; n < 4; n++) clock.turn()
    expect(results).toBe(200)
  })

  it('keeps its order and loses nothing, whatever its rate', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 150 }), { minLength: 1, maxLength: 5 }),
        fc.constantFrom(0, 50, 1000),
        (counts, maxMessageRate) => {
          const realm = new TestRealm({ maxMessageRate })
          const subscriber = realm.join()
          subscriber.subscribe('com.flood')
          const clients = counts.map(() => realm.join())
          counts.forEach((count, who) => {
            for (let n = 1; n <= count; n++) clients[who]!.transport.send([PUBLISH, n, {}, 'com.flood', payload(who, n)])
          })
          realm.clock.advance(10_000)
          const got = counts.map(() => [] as unknown[])
          for (const [who, n] of eventsOf(subscriber.received())) got[who as number]!.push(n)
          expect(got).toEqual(counts.map(count => Array.from({ length: count }, (_, n) => n + 1)))
          expect(realm.clock.pending).toBe(0)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('that leaves while it waits for its turn is not read any more', () => {
    const realm = new TestRealm()
    const subscriber = realm.join()
    subscriber.subscribe('com.flood')
    const flood = realm.join()
    for (let n = 1; n <= 1000; n++) {
      flood.session.onMessage([PUBLISH, n, {}, 'com.flood', payload(n)])
      if (n === messagesInTurn) flood.transport.abort('gone')
    }
    realm.clock.flush()
    expect(realm.realm.sessions.has(flood.session.id)).toBe(false)
    expect(realm.errors).toEqual([])
    expect(realm.clock.pending).toBe(0)
  })
})

function taker(share: number, takeTurn: () => void): TurnTaker {
  return { share, takeTurn, countAnew() {} }
}

/** A realm on a clock of turns, whose clients speak JSON. */
function realmInTurns(maxMessageRate = 0, access: Access = fullAccess) {
  const clock = new TurnClock()
  let ids = 0
  /** The arguments of `pause` of all transports. */
  const pauses: (boolean | undefined)[] = []
  const realm = new Realm(
    { name: 'realm1', agent: 'test', limits: { ...defaultRealmLimits, maxMessageRate } },
    { clock, today: () => 0, randomId: () => ++ids, access, onError: error => expect.unreachable(error.message) },
  )
  const join = (onMessage: (message: Message) => void): MemoryTransport => {
    const [client, end] = memoryTransports(clock, { serializer: new JsonSerializer(), highWaterMark: 2 ** 24, maxUnsentSize: 2 ** 26 })
    const pause = end.pause.bind(end)
    end.pause = (readsAhead?: boolean): void => {
      pauses.push(readsAhead)
      pause()
    }
    client.open({ onMessage, onViolation() {}, onWritable() {}, onClosed() {} })
    end.open(realm.join(end, { session: realm.newSessionId(), authid: 'joe', authrole: 'user', authmethod: 'ticket', roles: allFeatures }))
    return client
  }
  return { clock, join, pauses }
}

/** A clock that runs what was deferred and yielded turn by turn, as an event loop does, and on which a turn takes a millisecond. */
class TurnClock implements Clock {
  readonly #timers = new FakeClock()
  #next: (() => void)[] = []

  get isIdle(): boolean {
    return this.#next.length === 0
  }

  now(): number {
    return this.#timers.now()
  }

  schedule(callback: () => void, delay: number): Timer {
    return this.#timers.schedule(callback, delay)
  }

  defer(callback: () => void): void {
    this.#next.push(callback)
  }

  yield(callback: () => void): void {
    this.#next.push(callback)
  }

  turn(): void {
    const now = this.#next
    this.#next = []
    for (const callback of now) callback()
    this.#timers.advance(1)
  }
}
