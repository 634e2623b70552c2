import { describe, expect, it } from 'vitest'
import { copyOf, joined, noOctets } from '../../src/bytes/octets.ts'

describe('copyOf', () => {
  for (const length of [0, 1, 64, 65, 1000]) {
    it(`copies ${length} octets`, () => {
      const octets = new Uint8Array(length + 2).map((_, at) => at)
      const copy = copyOf(octets, 1, length + 1)
      expect(copy).toEqual(octets.slice(1, length + 1))
      expect(copy.buffer).not.toBe(octets.buffer)
    })
  }

  it('gives plain octets of a runtime buffer, whose own slice would be a view', () => {
    const buffer = Buffer.from([1, 2, 3])
    const copy = copyOf(buffer, 0, 3)
    buffer[0] = 9
    expect(copy).toEqual(Uint8Array.of(1, 2, 3))
    expect(Object.getPrototypeOf(copy)).toBe(Uint8Array.prototype)
  })
})

describe('joined', () => {
  it('gives nothing for nothing', () => {
    expect(joined([])).toEqual(noOctets)
  })

  it('gives a single piece as it is', () => {
    const piece = Uint8Array.of(1)
    expect(joined([piece])).toBe(piece)
  })

  it('joins pieces in their order', () => {
    expect(joined([Uint8Array.of(1, 2), noOctets, Uint8Array.of(3)])).toEqual(Uint8Array.of(1, 2, 3))
  })
})

describe('joined, of large pieces', () => {
  it('gives every octet, whether blocks are zeros, begin and end with zeros, or are misaligned', () => {
    const zeros = new Uint8Array(300_000)
    const within = Uint8Array.from(zeros)
    within[100_001] = 7
    const pieces = [zeros, within, counted(200_001), within.subarray(3), Uint8Array.of(0, 1), zeros]
    expect(Buffer.compare(joined(pieces), Buffer.concat(pieces))).toBe(0)
    const dirty = (size: number): Uint8Array<ArrayBuffer> => new Uint8Array(size).fill(255)
    expect(Buffer.compare(joined(pieces, dirty), Buffer.concat(pieces))).toBe(0)
  })
})

function counted(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, at) => at)
}
