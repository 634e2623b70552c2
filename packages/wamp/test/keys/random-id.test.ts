import { describe, expect, it } from 'vitest'
import { randomFraction, randomId } from '../../src/keys/random-id.ts'

describe('randomId', () => {
  it('has sixteen letters of base64url, others each time', () => {
    const ids = Array.from({ length: 1000 }, randomId)
    for (const id of ids) expect(id).toMatch(/^[\w-]{16}$/)
    expect(new Set(ids).size).toBe(1000)
  })

  it('uses all letters', () => {
    expect(new Set(Array.from({ length: 1000 }, randomId).join('')).size).toBe(64)
  })
})

describe('randomFraction', () => {
  it('is spread over 0 to 1', () => {
    const fractions = Array.from({ length: 2000 }, randomFraction)
    for (const fraction of fractions) expect(fraction >= 0 && fraction < 1).toBe(true)
    const tenths = new Set(fractions.map(fraction => Math.floor(10 * fraction)))
    expect(tenths.size).toBe(10)
  })
})
