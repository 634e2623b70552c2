import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MessageType as T } from '../../src/messages/message-type.ts'
import { payloadOf } from '../../src/messages/payload.ts'
import { writeJson } from '../../src/serializers/json-writer.ts'

describe('writeJson', () => {
  it('writes what JSON.stringify writes, but for -0 and large floats', () => {
    const values = fc.array(fc.jsonValue({ stringUnit: 'binary' }).filter(isOrdinary), { minLength: 1 })
    fc.assert(
      fc.property(values, args => {
        expect(writeJson([T.RESULT, 1, {}, payloadOf(args)])).toBe(`[50,1,{},${JSON.stringify(args)}]`)
      }),
    )
  })

  it.each([
    [-0, '-0.0'],
    [2 ** 53, '9007199254740992'],
    [2 ** 53 - 1, '9007199254740991'],
    [2 ** 53 + 2, '9007199254740994.0'],
    [-1e20, '-100000000000000000000.0'],
    [1e21, '1e+21'],
    [2n ** 64n - 1n, '18446744073709551615'],
    [0.1, '0.1'],
  ])('writes %s as %s', (value, text) => {
    expect(writeJson([T.RESULT, 1, {}, payloadOf([value])])).toBe(`[50,1,{},[${text}]]`)
  })

  it('writes an id of 2^53 as an integer', () => {
    expect(writeJson([T.PUBLISHED, 1, 2 ** 53])).toBe('[17,1,9007199254740992]')
  })

  it('writes dictionaries within details as it writes those within a payload', () => {
    const keys = fc.string({ unit: 'binary' }).filter(isOrdinary)
    const values = fc.dictionary(keys, fc.jsonValue({ stringUnit: 'binary' }).filter(isOrdinary))
    fc.assert(
      fc.property(values, dict => {
        expect(writeJson([T.GOODBYE, { roles: dict }, 'a.b'])).toBe(`[6,{"roles":${JSON.stringify(dict)}},"a.b"]`)
      }),
    )
    expect(writeJson([T.GOODBYE, { a: { b: -0, c: 2n ** 64n - 1n, d: undefined, e: Uint8Array.of(0) } }, 'a.b'])).toBe(
      '[6,{"a":{"b":-0.0,"c":18446744073709551615,"e":"\\u0000AA=="}},"a.b"]',
    )
    expect(() => writeJson([T.GOODBYE, { a: { b: '\ud800' } }, 'a.b'])).toThrow(/GOODBYE/)
    expect(() => writeJson([T.GOODBYE, { a: { b: Number.NaN } }, 'a.b'])).toThrow(/GOODBYE/)
  })

  it('escapes what JSON must escape', () => {
    expect(writeJson([T.GOODBYE, { 'a"': '\n' }, '\\'])).toBe('[6,{"a\\"":"\\n"},"\\\\"]')
  })
})

/** Tells whether JSON.stringify writes a value as WAMP needs it. */
function isOrdinary(value: unknown): boolean {
  if (typeof value === 'string') return !value.startsWith('\0')
  if (typeof value === 'number') return !Object.is(value, -0) && Math.abs(value) < 2 ** 53
  return typeof value !== 'object' || value === null || Object.entries(value).every(entry => entry.every(isOrdinary))
}
