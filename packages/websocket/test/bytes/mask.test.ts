import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyMask } from '../../src/bytes/mask.ts'
import type { Octets } from '../../src/bytes/octets.ts'

describe('applyMask', () => {
  it('unmasks the "Hello" of RFC 6455 §5.7', () => {
    const octets = Uint8Array.of(0x7f, 0x9f, 0x4d, 0x51, 0x58)
    applyMask(octets, 0, 5, 0x37fa213d, 0)
    expect(new TextDecoder().decode(octets)).toBe('Hello')
  })

  it('changes nothing outside of its part', () => {
    const octets = new Uint8Array(400).fill(1)
    applyMask(octets, 101, 301, 0xffffffff | 0, 0)
    expect([octets[100], octets[101], octets[300], octets[301]]).toEqual([1, 254, 254, 1])
  })

  it('leaves everything as it is with a key of 0', () => {
    const octets = Uint8Array.of(1, 2, 3)
    applyMask(octets, 0, 3, 0, 1)
    expect([...octets]).toEqual([1, 2, 3])
  })

  it('takes keys whose first octet is high', () => {
    const octets = new Uint8Array(5)
    applyMask(octets, 0, 5, 0x80ff0102 | 0, 0)
    expect([...octets]).toEqual([0x80, 0xff, 0x01, 0x02, 0x80])
  })

  it('agrees with a loop over octets at every offset, phase and length around a word', () => {
    for (let offset = 0; offset < 5; offset++) {
      for (let phase = 0; phase < 5; phase++) {
        for (const length of [0, 1, 2, 3, 4, 5, 111, 112, 113, 114, 115, 116, 144, 145]) {
          expectAsByteLoop(0x12f4a6d8, phase, offset, length, 0)
          expectAsByteLoop(0xf2345678 | 0, phase, 0, length, offset)
        }
      }
    }
  })

  it('agrees with a loop over octets wherever they lie in memory', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(7), fc.nat(9), fc.nat(2000), fc.nat(9), (key, phase, start, length, byteOffset) =>
        expectAsByteLoop(key, phase, start, length, byteOffset),
      ),
    )
  })

  it('masks back to what it was, in pieces or as a whole', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.integer(), fc.nat(600), (payload, key, cut) => {
        const octets = payload.slice()
        const middle = Math.min(cut, octets.length)
        applyMask(octets, 0, octets.length, key, 0)
        applyMask(octets, 0, middle, key, 0)
        applyMask(octets, middle, octets.length, key, middle)
        expect(octets).toEqual(payload)
      }),
    )
  })
})

function expectAsByteLoop(key: number, phase: number, start: number, length: number, byteOffset: number): void {
  const whole = new Uint8Array(byteOffset + start + length + 5).map((_, at) => at * 31)
  const octets = whole.subarray(byteOffset)
  const expected = octets.slice()
  byteLoop(expected, start, start + length, key, phase)
  applyMask(octets, start, start + length, key, phase)
  expect(octets).toEqual(expected)
}

function byteLoop(octets: Octets, start: number, end: number, key: number, phase: number): void {
  const keyOctets = [key >>> 24, key >>> 16, key >>> 8, key].map(octet => octet & 255)
  for (let at = start; at < end; at++) octets[at]! ^= keyOctets[(phase + at - start) % 4]!
}
