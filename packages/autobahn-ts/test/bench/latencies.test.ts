import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Latencies } from '../../src/bench/latencies.ts'

describe('the percentiles of round trips', () => {
  it('are exact to two per cent, however many there are', () => {
    const times = fc.array(fc.double({ min: 0.002, max: 100_000, noNaN: true }), { minLength: 1, maxLength: 300 })
    fc.assert(
      fc.property(times, fc.double({ min: 0.01, max: 1, noNaN: true }), (list, share) => {
        const latencies = new Latencies()
        for (const time of list) latencies.add(time)
        const exact = list.toSorted((a, b) => a - b)[Math.ceil(share * list.length) - 1] ?? 0
        expect(latencies.percentile(share) / exact).toBeGreaterThan(0.98)
        expect(latencies.percentile(share) / exact).toBeLessThan(1.02)
        expect(latencies.count).toBe(list.length)
        expect(latencies.most).toBe(Math.max(...list))
      }),
    )
  })

  it('are 0 without round trips, and take any time', () => {
    expect(new Latencies().percentile(0.5)).toBe(0)
    const latencies = new Latencies()
    for (const time of [0, 1e12]) latencies.add(time)
    expect(latencies.most).toBe(1e12)
    expect(latencies.percentile(0.5)).toBeLessThan(0.002)
  })
})
