import { expect, it } from 'vitest'
import { withDefaults } from '../../src/node/with-defaults.ts'

it('an option that is undefined has its default, and others are kept', () => {
  expect(withDefaults({ a: 1, b: 2 }, { a: undefined, b: null, c: 3 })).toEqual({ a: 1, b: null, c: 3 })
})
