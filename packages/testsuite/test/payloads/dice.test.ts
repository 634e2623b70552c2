import { describe, expect, it } from 'vitest'
import { Dice } from '../../src/payloads/dice.ts'

describe('Dice', () => {
  it('returns the same numbers for the same seed, and others for another', () => {
    const rolls = (seed: number): number[] => {
      const dice = new Dice(seed)
      return Array.from({ length: 100 }, () => dice.below(1000))
    }
    expect(rolls(1)).toEqual(rolls(1))
    expect(rolls(1)).not.toEqual(rolls(2))
  })

  it('returns every number about equally often', () => {
    const dice = new Dice(7)
    const counts = new Array<number>(6).fill(0)
    for (let n = 0; n < 6000; n++) counts[dice.from(1, 6) - 1]!++
    expect(Math.min(...counts)).toBeGreaterThan(850)
    expect(Math.max(...counts)).toBeLessThan(1150)
  })

  it('prefers the first items of oneOfUsual', () => {
    const dice = new Dice(7)
    const rolls = Array.from({ length: 3000 }, () => dice.oneOfUsual([1, 2, 3]))
    expect(rolls.filter(roll => roll === 1).length).toBeGreaterThan(2 * rolls.filter(roll => roll === 3).length)
  })
})
