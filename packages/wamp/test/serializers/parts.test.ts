import { describe, expect, it } from 'vitest'
import { Parts } from '../../src/serializers/parts.ts'

describe('Parts', () => {
  it('counts levels and parts, and begins anew', () => {
    const parts = new Parts({ maxDepth: 2, maxParts: 10 })
    parts.enter()
    parts.enter()
    expect(() => parts.enter()).toThrow('nested deeper than 2 levels')
    parts.reset()
    parts.leave(parts.enter())
    parts.count(6)
    expect(() => parts.count(1)).toThrow('more than 10 parts')
  })

  it('finds keys with the same hash in the same dictionary alone', () => {
    const parts = new Parts({ maxDepth: 9, maxParts: 100 })
    const outer = parts.enter()
    expect(parts.addKey(outer, 7, 0, 1)).toBe(1)
    const inner = parts.enter()
    expect(parts.addKey(inner, 7, 2, 3)).toBe(1)
    expect(parts.findSame(inner, parts.newest)).toBe(-1)
    parts.leave(inner)
    expect(parts.addKey(outer, 8, 4, 5)).toBe(2)
    expect(parts.addKey(outer, 7, 6, 9)).toBe(3)
    const place = parts.findSame(outer, parts.newest)
    expect([parts.startOf(place), parts.endOf(place)]).toEqual([0, 1])
    expect(parts.findSame(outer, place)).toBe(-1)
    expect([parts.startOf(parts.newest), parts.endOf(parts.newest)]).toEqual([6, 9])
  })

  it('counts a list of keys once, after the first 256 keys', () => {
    const parts = new Parts({ maxDepth: 9, maxParts: 256 * 6 + 50 })
    const dict = (key: number) => {
      const base = parts.enter()
      parts.addKey(base, key, 0, 1)
      parts.leave(base)
    }
    for (let n = 0; n < 256; n++) dict(n)
    for (let n = 0; n < 4; n++) dict(1)
    expect(() => dict(2)).toThrow(`more than ${256 * 6 + 50} parts`)
  })
})
