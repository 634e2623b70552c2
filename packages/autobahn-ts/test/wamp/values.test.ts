import { describe, expect, it } from 'vitest'
import { lineOf, payloadLine, valueFrom } from '../../src/wamp/values.ts'

describe('an argument of the command line', () => {
  for (const [text, value] of [
    ['5', 5],
    ['"5"', '5'],
    ['true', true],
    ['{"a":[1]}', { a: [1] }],
    ['hello', 'hello'],
    ['{not json', '{not json'],
    ['', ''],
  ] as const) {
    it(`${JSON.stringify(text)} is ${JSON.stringify(value)}`, () => expect(valueFrom(text)).toEqual(value))
  }

  it('keeps integers beyond 2^53, as far as WAMP has them', () => {
    expect(valueFrom('9007199254740993')).toBe(9007199254740993n)
    expect(valueFrom('{"a":[18446744073709551615,1]}')).toEqual({ a: [18446744073709551615n, 1] })
    expect(valueFrom('9007199254740991')).toBe(9007199254740991)
    expect(valueFrom('1234567890123456.5')).toBe(1234567890123456.5)
    expect(valueFrom('"9007199254740993"')).toBe('9007199254740993')
    expect(valueFrom('9007199254740993 pieces')).toBe('9007199254740993 pieces')
    expect(valueFrom('99999999999999999999999')).toBe(1e23)
  })
})

describe('a line of output', () => {
  it('is JSON, of large integers and octets too', () => {
    expect(lineOf({ a: [1, null] })).toBe('{"a":[1,null]}')
    expect(lineOf(2n ** 60n)).toBe('"1152921504606846976"')
    expect(lineOf(new Uint8Array([1, 2]))).toBe('"base64:AQI="')
    expect(lineOf(undefined)).toBe('null')
  })

  it('is one value alone where there is one, and all of them where there are more', () => {
    expect(payloadLine([5], {})).toBe('5')
    expect(payloadLine([1, 2], {})).toBe('[1,2]')
    expect(payloadLine([], {})).toBe('null')
    expect(payloadLine([1], { a: 2 })).toBe('{"args":[1],"kwargs":{"a":2}}')
  })
})
