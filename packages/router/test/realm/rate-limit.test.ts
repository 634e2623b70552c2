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
