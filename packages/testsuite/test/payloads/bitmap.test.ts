import { describe, expect, it } from 'vitest'
import { bitmap } from '../../src/payloads/bitmap.ts'
import { Dice } from '../../src/payloads/dice.ts'

describe('bitmap', () => {
  it('is a BMP file with correct headers: sizes, offsets, a palette of greys', () => {
    const octets = bitmap(new Dice(1), 64)
    const file = new DataView(octets.buffer)
    expect(String.fromCharCode(octets[0]!, octets[1]!)).toBe('BM')
    expect(file.getUint32(2, true)).toBe(octets.length)
    expect(file.getUint32(10, true)).toBe(octets.length - 64 * 64)
    expect({ headerSize: file.getUint32(14, true), width: file.getInt32(18, true), height: file.getInt32(22, true) }).toEqual({
      headerSize: 40,
      width: 64,
      height: 64,
    })
    expect({ planes: file.getUint16(26, true), bitsPerPixel: file.getUint16(28, true), imageSize: file.getUint32(34, true) }).toEqual({
      planes: 1,
      bitsPerPixel: 8,
      imageSize: 64 * 64,
    })
    expect([...octets.subarray(54 + 4 * 200, 54 + 4 * 201)]).toEqual([200, 200, 200, 0])
  })

  it('is a picture: light above, dark below', () => {
    const octets = bitmap(new Dice(1), 64)
    const mean = (row: number): number =>
      octets
        .subarray(octets.length - 64 * 64)
        .subarray(row * 64, row * 64 + 64)
        .reduce((sum, shade) => sum + shade, 0) / 64
    expect(mean(62)).toBeGreaterThan(mean(2) + 40)
  })
})
