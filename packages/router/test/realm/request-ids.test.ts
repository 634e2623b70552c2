import { expect, it } from 'vitest'
import { RequestIds } from '../../src/realm/request-ids.ts'

it('lax rules take any id', () => {
  const ids = new RequestIds('lax')
  expect([77, 77, 3].map(id => ids.take(id))).toEqual([true, true, true])
  expect(ids.wasTaken(3)).toBe(false)
})

it('strict rules count from 1, and know the ids that were taken', () => {
  const ids = new RequestIds('strict')
  expect([2, 1, 1, 2, 4].map(id => ids.take(id))).toEqual([false, true, false, true, false])
  expect([1, 2, 3].map(id => ids.wasTaken(id))).toEqual([true, true, false])
})
