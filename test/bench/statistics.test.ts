import { expect, it } from 'vitest'
import { difference, median, quantile, ratio } from '../../bench/statistics.mjs'

it('returns the middle of an odd number of values in any order', () => {
  expect(median([9, 1, 5])).toBe(5)
})

it('returns the mean of the two middle values of an even number', () => {
  expect(median([10, 1, 4, 2])).toBe(3)
})

it('does not reorder the values', () => {
  const values = [3, 1, 2]
  median(values)
  expect(values).toEqual([3, 1, 2])
})

it('compares round by round, so that a machine that gets slower does not matter', () => {
  expect(ratio([1, 10, 100], [2, 20, 200])).toBe(0.5)
  expect(difference([3, 13, 103], [1, 11, 101])).toBe(2)
})

it('finds the value below which a share of all values lies', () => {
  const values = Array.from({ length: 100 }, (_, at) => at)
  expect([0, 0.5, 0.99, 1].map(share => quantile(values, share))).toEqual([0, 50, 99, 99])
})
