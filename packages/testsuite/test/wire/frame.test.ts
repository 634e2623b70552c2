import { describe, expect, it } from 'vitest'
import { applyMask, encodeFrame, Opcode } from '../../src/wire/frame.ts'
import { hex, utf8 } from '../../src/wire/octets.ts'

describe('encodeFrame', () => {
  it('writes the examples of RFC 6455 §5.7', () => {
    const mask = hex('37 fa 21 3d')
    expect(encodeFrame({ opcode: Opcode.Text, payload: utf8('Hello') })).toEqual(hex('81 05 48 65 6c 6c 6f'))
    expect(encodeFrame({ opcode: Opcode.Text, payload: utf8('Hello'), mask })).toEqual(hex('81 85 37 fa 21 3d 7f 9f 4d 51 58'))
    expect(encodeFrame({ opcode: Opcode.Text, payload: utf8('Hel'), fin: false })).toEqual(hex('01 03 48 65 6c'))
    expect(encodeFrame({ opcode: Opcode.Binary, payload: new Uint8Array(256) }).subarray(0, 4)).toEqual(hex('82 7e 01 00'))
    expect(encodeFrame({ opcode: Opcode.Binary, payload: new Uint8Array(65_536) }).subarray(0, 10)).toEqual(
      hex('82 7f 00 00 00 00 00 01 00 00'),
    )
  })

  it('writes any bits, and lengths that are wrong or not the shortest', () => {
    expect(encodeFrame({ opcode: 11, payload: hex(''), rsv: 7 })).toEqual(hex('fb 00'))
    expect(encodeFrame({ opcode: 1, payload: hex('61'), lengthForm: 64 })).toEqual(hex('81 7f 00 00 00 00 00 00 00 01 61'))
    expect(encodeFrame({ opcode: 2, payload: hex(''), claimedLength: 2n ** 63n })).toEqual(hex('82 7f 80 00 00 00 00 00 00 00'))
  })

  it('masks every octet, whatever the length', () => {
    for (let length = 0; length < 12; length++) {
      const octets = new Uint8Array(length)
      applyMask(octets, hex('01 02 03 04'))
      expect([...octets]).toEqual(Array.from({ length }, (_, n) => (n % 4) + 1))
    }
  })
})
