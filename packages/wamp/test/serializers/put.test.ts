import { expect, it } from 'vitest'
import { put } from '../../src/serializers/put.ts'

it('sets a key of the object itself', () => {
  const dict: Record<string, unknown> = {}
  put(dict, 'a', 1)
  put(dict, '__proto__', 2)
  expect(Object.entries(dict)).toEqual([
    ['a', 1],
    ['__proto__', 2],
  ])
})
