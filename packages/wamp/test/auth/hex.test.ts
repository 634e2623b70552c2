import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hex, octetsOfHex } from '../../src/auth/hex.ts'

describe('hex', () => {
  it('comes back as it was, in either case', () => {
    fc.assert(
      fc.property(fc.uint8Array(), octets => {
        expect(hex(octets)).toBe(Buffer.from(octets).toString('hex'))
        expect(octetsOfHex(hex(octets))).toEqual(octets)
        expect(octetsOfHex(hex(octets).toUpperCase())).toEqual(octets)
      }),
    )
  })

  for (const text of ['0', 'xx', ' 00', '0x00', '0\u0660']) {
    it(`is not ${JSON.stringify(text)}`, () => {
      expect(octetsOfHex(text)).toBeUndefined()
    })
  }
})
