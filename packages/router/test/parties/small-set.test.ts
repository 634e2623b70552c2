import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SmallSet } from '../../src/parties/small-set.ts'

describe('SmallSet', () => {
  it('is a Set in all that it does, with any number of items', () => {
    const items = Array.from({ length: 4 }, (_, n) => ({ n }))
    const step = fc.record({ isAdded: fc.boolean(), at: fc.nat({ max: 3 }) })
    fc.assert(
      fc.property(fc.array(step), steps => {
        const [small, plain] = [new SmallSet<object>(), new Set<object>()]
        for (const { isAdded, at } of steps) {
          const item = items[at]!
          if (isAdded) {
            small.add(item)
            plain.add(item)
          } else expect(small.delete(item)).toBe(plain.delete(item))
          expect([small.size, [...small], items.map(one => small.has(one))]).toEqual([
            plain.size,
            [...plain],
            items.map(one => plain.has(one)),
          ])
        }
      }),
    )
  })

  it('lets an item be removed while it is gone over', () => {
    for (const count of [1, 3]) {
      const set = new SmallSet<object>()
      const items = Array.from({ length: count }, () => ({}))
      for (const item of items) set.add(item)
      const seen: object[] = []
      for (const item of set) {
        seen.push(item)
        set.delete(item)
      }
      expect([seen, set.size]).toEqual([items, 0])
    }
  })
})
