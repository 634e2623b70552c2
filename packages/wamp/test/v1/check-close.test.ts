import { describe, expect, it } from 'vitest'
import { checkClose } from '../../src/v1/check-close.ts'

describe('checkClose', () => {
  it('takes the codes that may be on the wire', () => {
    for (const code of [1000, 1001, 1002, 1003, 1007, 1011, 1014, 3000, 4999]) expect(checkClose(code, '')).toBe(undefined)
  })

  it('refuses all others, and names them', () => {
    const others = [0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 1000.5, Number.NaN, 1000n, '1000', Symbol('s'), {}, null]
    const shown = others.map(code => thrownBy(() => checkClose(code, '')))
    expect(shown.map(({ name, message }) => `${name}: ${message.slice(0, message.indexOf(';'))}`)).toEqual([
      'ApiMisuse: close code 0 may not be sent',
      'ApiMisuse: close code 999 may not be sent',
      'ApiMisuse: close code 1004 may not be sent',
      'ApiMisuse: close code 1005 may not be sent',
      'ApiMisuse: close code 1006 may not be sent',
      'ApiMisuse: close code 1015 may not be sent',
      'ApiMisuse: close code 2999 may not be sent',
      'ApiMisuse: close code 5000 may not be sent',
      'ApiMisuse: close code 1000.5 may not be sent',
      'ApiMisuse: close code NaN may not be sent',
      'ApiMisuse: close code 1000n may not be sent',
      'ApiMisuse: close code "1000" may not be sent',
      'ApiMisuse: close code Symbol(s) may not be sent',
      'ApiMisuse: close code [object Object] may not be sent',
      'ApiMisuse: close code null may not be sent',
    ])
  })

  it('takes reasons of up to 123 octets, and strings alone', () => {
    expect(checkClose(1000, 'x'.repeat(123))).toBe(undefined)
    expect(() => checkClose(1000, 'ä'.repeat(62))).toThrow('close reason of 124 octets; at most 123 fit')
    expect(() => checkClose(1000, Symbol('why'))).toThrow('a close reason must be a string, and not Symbol(why)')
    expect(() => checkClose(1000, { length: 1 })).toThrow('a close reason must be a string, and not [object Object]')
  })
})

function thrownBy(call: () => unknown): Error {
  try {
    call()
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}
