import { FakeClock } from '@autobahn-ts/websocket/testing'
import { describe, expect, it } from 'vitest'
import { RateLimit } from '../../src/realm/rate-limit.ts'

describe('RateLimit', () => {
  it('slows down above a tenth of the rate in a tenth of a second', () => {
    const { limit, clock, calls } = rated(20)
    limit.count()
    limit.count()
    expect(calls).toEqual([])
    limit.count()
    expect(calls).toEqual(['slow'])
    clock.advance(99)
    expect(calls).toEqual(['slow'])
    clock.advance(1)
    expect(calls).toEqual(['slow', 'on'])
  })

  it('leaves alone a session that stays below the rate', () => {
    const { limit, clock, calls } = rated(20)
    for (let n = 0; n < 10; n++) {
      limit.count()
      clock.advance(50)
    }
    expect(calls).toEqual([])
  })

  it('slows down once for messages that were read before', () => {
    const { limit, clock, calls } = rated(20)
    for (let n = 0; n < 6; n++) limit.count()
    expect(calls).toEqual(['slow'])
    clock.advance(1000)
    expect(calls).toEqual(['slow', 'on'])
  })

  it('counts from when the session goes on, and not from when it was due', () => {
    const { limit, clock, calls } = rated(20)
    for (let n = 0; n < 3; n++) limit.count()
    clock.advance(100)
    expect(calls).toEqual(['slow', 'on'])
    clock.advance(30)
    limit.wentOn()
    limit.count()
    limit.count()
    expect(calls).toEqual(['slow', 'on', 'slow'])
    clock.advance(99)
    expect(calls).toEqual(['slow', 'on', 'slow'])
    clock.advance(1)
    expect(calls).toEqual(['slow', 'on', 'slow', 'on'])
  })

  it('forgives nothing of what was sent above the rate when the session goes on', () => {
    const { limit, clock, calls } = rated(20)
    for (let n = 0; n < 9; n++) limit.count()
    clock.advance(100)
    limit.wentOn()
    limit.count()
    limit.count()
    clock.advance(399)
    expect(calls).toEqual(['slow', 'on', 'slow'])
    clock.advance(1)
    expect(calls).toEqual(['slow', 'on', 'slow', 'on'])
  })

  it('reads a session that goes on above its rate more seldom, at the same rate, for as many messages as fit in a turn', () => {
    const { limit, slowDowns, flood } = flooding(100)
    for (let ms = 0; ms < 10_000; ms++) flood()
    const waits = slowDowns.slice(1).map((at, n) => at - slowDowns[n]!)
    expect(waits.slice(0, 7)).toEqual([100, 100, 100, 100, 200, 320, 320])
    expect(Math.max(...waits)).toBe(320)
    expect(limit.allowed).toBe(32)
  })

  it('lets a session send its rate, and no more, however seldom it is read', () => {
    for (const rate of [1, 5, 20, 100, 1000, 100_000]) {
      const { flood } = flooding(rate)
      let sent = 0
      for (let ms = 0; ms < 20_000; ms++) sent += flood()
      expect([rate, sent >= 19 * rate, sent <= 21 * rate + 20]).toEqual([rate, true, true])
    }
  })

  it('reads a session as often as before once it has stayed below its rate for a while', () => {
    const { limit, clock, slowDowns, flood } = flooding(100)
    for (let ms = 0; ms < 2000; ms++) flood()
    // the last wait is over before the session is quiet
    clock.advance(320)
    for (let ms = 0; ms < 2000; ms += 20) {
      limit.count()
      clock.advance(20)
    }
    slowDowns.length = 0
    for (let ms = 0; ms < 250; ms++) flood()
    expect(slowDowns[1]! - slowDowns[0]!).toBe(100)
    expect(limit.allowed).toBe(10)
  })

  it('does not go on after it was stopped', () => {
    const { limit, clock, calls } = rated(20)
    for (let n = 0; n < 3; n++) limit.count()
    limit.stop()
    clock.advance(1000)
    expect(calls).toEqual(['slow'])
    expect(clock.pending).toBe(0)
  })

  it('has no limit at 0', () => {
    const { limit, calls } = rated(0)
    for (let n = 0; n < 10_000; n++) limit.count()
    expect(calls).toEqual([])
  })
})

function rated(rate: number) {
  const clock = new FakeClock()
  const calls: string[] = []
  const limit = new RateLimit(clock, rate, { slowDown: () => calls.push('slow'), goOn: () => calls.push('on') })
  return { limit, clock, calls }
}

/** A session that sends as fast as it is read: `slowDowns` has the times at which it was slowed down, and `flood` lets it send for a millisecond and returns how much was read. */
function flooding(rate: number) {
  const clock = new FakeClock()
  const slowDowns: number[] = []
  let isRead = true
  const limit: RateLimit = new RateLimit(clock, rate, {
    slowDown: () => {
      isRead = false
      slowDowns.push(clock.now())
    },
    goOn: () => {
      isRead = true
      limit.wentOn()
    },
  })
  const flood = (): number => {
    let read = 0
    for (; isRead && read < 1000; read++) limit.count()
    clock.advance(1)
    return read
  }
  return { limit, clock, slowDowns, flood }
}
