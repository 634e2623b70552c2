import { describe, expect, it } from 'vitest'
import { hex, joined, latin1, same, utf8 } from '../../src/wire/octets.ts'

describe('octets', () => {
  it('joins arrays in their order', () => {
    expect(joined([hex('01 02'), hex(''), hex('03')])).toEqual(hex('01 02 03'))
  })

  it('compares by content', () => {
    expect(same(hex('01 02'), hex('01 02'))).toBe(true)
    expect(same(hex('01 02'), hex('01 03'))).toBe(false)
    expect(same(hex('01'), hex('01 00'))).toBe(false)
  })

  it('reads hexadecimal digits in pairs only', () => {
    expect(hex('00ff')).toEqual(Uint8Array.of(0, 255))
    expect(() => hex('0')).toThrow('hexadecimal digits')
    expect(() => hex('zz')).toThrow('hexadecimal digits')
  })

  it('encodes text as UTF-8 and decodes heads by octet', () => {
    expect(utf8('ä')).toEqual(hex('c3 a4'))
    expect(latin1(hex('41 e4'))).toBe('Aä')
  })
})
