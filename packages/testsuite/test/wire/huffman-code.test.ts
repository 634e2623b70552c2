import { describe, expect, it } from 'vitest'
import { huffmanCode } from '../../src/wire/huffman-code.ts'

describe('huffmanCode', () => {
  it('makes the codes of the example of RFC 1951 §3.2.2', () => {
    const { bits, table } = huffmanCode(Uint8Array.of(3, 3, 3, 3, 3, 2, 4, 4), 'codes')
    expect(bits).toBe(4)
    // A to H are 010, 011, 100, 101, 110, 00, 1110, 1111; the first bit is the least significant of the index.
    const codes = ['010', '011', '100', '101', '110', '00', '1110', '1111']
    for (const [symbol, code] of codes.entries()) {
      const index = [...code].reduce((sum, bit, n) => sum | (Number(bit) << n), 0)
      expect(table[index], code).toBe((symbol << 4) | code.length)
    }
  })

  it('accepts a single code of one bit, and no code at all (RFC 1951 §3.2.7)', () => {
    expect([...huffmanCode(Uint8Array.of(0, 1), 'codes').table]).toEqual([(1 << 4) | 1, 0])
    expect(huffmanCode(new Uint8Array(30), 'codes')).toEqual({ bits: 0, table: Uint16Array.of(0) })
  })

  it('refuses lengths that are too many or too few', () => {
    expect(() => huffmanCode(Uint8Array.of(1, 1, 1), 'codes')).toThrow('more codes than their lengths allow')
    expect(() => huffmanCode(Uint8Array.of(1, 2), 'codes')).toThrow('without a meaning')
    expect(() => huffmanCode(Uint8Array.of(2), 'codes')).toThrow('without a meaning')
  })
})
