import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { isPlain } from '../../src/messages/is-plain.ts'

it('objects without a class are dictionaries, also those of another realm', () => {
  expect([{}, Object.create(null), runInNewContext('({})')].every(isPlain)).toBe(true)
})

it('objects of a class and other values are not', () => {
  const others = [new Date(), new Map(), new (class A {})(), runInNewContext('new Date()'), [], null, undefined, 'x', 5, () => 1]
  expect(others.filter(isPlain)).toEqual([])
})
