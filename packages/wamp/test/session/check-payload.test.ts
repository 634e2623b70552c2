import { expect, it } from 'vitest'
import { checkPayload } from '../../src/session/check-payload.ts'

it('takes a list and a plain object, and nothing in their places', () => {
  expect(() => checkPayload('result', [1], { a: 1 })).not.toThrow()
  expect(() => checkPayload('result', undefined, undefined)).not.toThrow()
})

it.each([
  ['text', undefined, 'the positional values of result must be a list, such as ["text"], and not "text"'],
  [null, undefined, 'the positional values of result must be a list, such as [null], and not null'],
  [[], [], 'the keywords of result must be a plain object, and not []'],
  [[], new Map(), 'the keywords of result must be a plain object, and not [object Map]'],
])('refuses %j and %j', (args, kwargs, message) => {
  expect(() => checkPayload('result', args, kwargs)).toThrow(message)
})
