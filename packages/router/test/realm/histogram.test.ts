import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Histogram } from '../../src/realm/histogram.ts'

describe('Histogram', () => {
  it('counts a duration in the first bucket whose bound it does not exceed', () => {
    const histogram = new Histogram([1, 10])
    for (const duration of [0, 1, 1.5, 10, 11, 1000]) histogram.add(duration)
    expect(histogram.counts).toEqual([2, 2, 2])
    expect([histogram.count, histogram.sum]).toEqual([6, 1023.5])
  })

  it('has every duration in one bucket', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100 })), durations => {
        const histogram = new Histogram([5, 20, 50])
        for (const duration of durations) histogram.add(duration)
        const within = (least: number, most: number): number => durations.filter(each => each > least && each <= most).length
        expect(histogram.counts).toEqual([within(-1, 5), within(5, 20), within(20, 50), within(50, 100)])
        expect(histogram.count).toBe(durations.length)
      }),
    )
  })
})
