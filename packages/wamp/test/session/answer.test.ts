import { describe, expect, it } from 'vitest'
import { Answer, isSingle, itemOf, payloadOfValue, result, singleValue } from '../../src/session/answer.ts'

describe('result', () => {
  it('carries values and keywords', () => {
    expect(result([1, 2], { unit: 'm' })).toEqual(new Answer([1, 2], { unit: 'm' }))
    expect(result()).toMatchObject({ args: [], kwargs: {} })
  })

  it('takes a list alone', () => {
    expect(() => result('ab' as never)).toThrow('must be a list')
  })
})

describe('a payload', () => {
  it.each([
    [undefined, undefined],
    [null, { args: [null], kwargs: {} }],
    [[1], { args: [[1]], kwargs: {} }],
    [result([1, 2]), { args: [1, 2], kwargs: {} }],
    [result([], { a: 1 }), { args: [], kwargs: { a: 1 } }],
    [result(), undefined],
  ])('is made from a value: %s', (value, payload) => {
    expect(payloadOfValue(value)).toEqual(payload)
  })

  it('is single with one value at most, and without keywords', () => {
    expect(isSingle({ args: [], kwargs: {} })).toBe(true)
    expect(isSingle({ args: [1], kwargs: {} })).toBe(true)
    expect(isSingle({ args: [1, 2], kwargs: {} })).toBe(false)
    expect(isSingle({ args: [], kwargs: { a: 1 } })).toBe(false)
  })

  it('is an item, which is a value or an answer', () => {
    expect(itemOf(undefined)).toBeUndefined()
    expect(itemOf({ args: [5], kwargs: {} })).toBe(5)
    expect(itemOf({ args: [1, 2], kwargs: {} })).toEqual(new Answer([1, 2], {}))
  })

  it('has a single value, or is an error', () => {
    expect(singleValue(undefined, 'a')).toBeUndefined()
    expect(singleValue({ args: [5], kwargs: {} }, 'a')).toBe(5)
    expect(() => singleValue({ args: [], kwargs: { x: 1 } }, 'a')).toThrow('the result of a has 0 positional values and 1 keywords')
  })
})
