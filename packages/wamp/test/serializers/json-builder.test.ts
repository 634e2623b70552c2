import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildJson } from '../../src/serializers/json-builder.ts'

describe('buildJson', () => {
  it('builds what JSON.parse builds', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), fc.constantFrom(0, 1, '\t'), (value, space) => {
        const text = JSON.stringify(value, null, space)
        if (!text.includes('"\\u0000') && !/\d{16}/.test(text)) expect(buildJson(text)).toEqual(JSON.parse(text))
      }),
    )
  })

  it('has integers beyond 2^53 as bigint', () => {
    expect(buildJson('[9007199254740991,9007199254740992,9007199254740993,-9007199254740993,18446744073709551615]')).toEqual([
      2 ** 53 - 1,
      2 ** 53,
      2n ** 53n + 1n,
      -(2n ** 53n) - 1n,
      2n ** 64n - 1n,
    ])
  })

  it('has floats as numbers', () => {
    expect(buildJson('[100000000000000000000, 1e20, 9007199254740994.0, -0]')).toEqual([1e20, 1e20, 2 ** 53 + 2, -0])
  })

  it('has binary data as octets', () => {
    expect(buildJson('{"a":"\\u0000AAEC","b":"\\\\","c":"\\\\\\""}')).toEqual({ a: new Uint8Array([0, 1, 2]), b: '\\', c: '\\"' })
  })

  it('has __proto__ as a key like others', () => {
    const built = buildJson('{"__proto__":{"a":9007199254740993}}') as object
    expect(Object.keys(built)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(built)).toBe(Object.prototype)
  })
})
