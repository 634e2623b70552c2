import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ReturnTimes } from '../../src/router/return-times.ts'

describe('ReturnTimes', () => {
  it('spreads 10,000 clients evenly over 10 seconds, after the first one', () => {
    const times = new ReturnTimes(1000, Math.random)
    const all = Array.from({ length: 10_000 }, () => times.next())
    expect(Math.min(...all)).toBeGreaterThanOrEqual(1000)
    expect(Math.max(...all)).toBeLessThanOrEqual(11_000)
    for (let second = 1; second <= 10; second++) {
      const count = all.filter(time => time >= 1000 * second && time < 1000 * (second + 1)).length
      expect(Math.abs(count - 1000)).toBeLessThanOrEqual(2)
    }
  })

  it('gives a client that is turned away a time among the others, which takes none of theirs', () => {
    const chances = [0, 0.999, 0.5, 0]
    const times = new ReturnTimes(1000, () => chances.shift()!)
    expect([times.among(20_000), times.among(20_000), times.among(0)]).toEqual([1000, 20_980, 1500])
    expect(times.next()).toBe(1000)
  })

  it('gives each client a time within its own share, whatever chance says', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 1 }),
        (rate, chances) => {
          let n = 0
          const times = new ReturnTimes(rate, () => chances[n++]!)
          for (const [at] of chances.entries()) {
            const time = times.next()
            expect(time).toBeGreaterThanOrEqual(Math.floor(1000 + (1000 * at) / rate))
            expect(time).toBeLessThanOrEqual(Math.ceil(1000 + (1000 * (at + 1)) / rate))
          }
        },
      ),
    )
  })
})
