import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { joined } from '../../src/bytes/octets.ts'
import { Emitted } from '../../src/protocol/emitted.ts'

describe('Emitted', () => {
  it('holds what was emitted, in order, however it was cut', () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 2000 }), { maxLength: 8 })
    fc.assert(
      fc.property(pieces, fc.integer({ min: 0, max: 10_000 }), (emissions, ownFrom) => {
        const emitted = Emitted.take()
        for (const octets of emissions) emitted.emit(octets)
        expect(Buffer.compare(emitted.octets(ownFrom), joined(emissions))).toBe(0)
        emitted.give()
      }),
    )
  })

  it('takes what is lent for the call alone', () => {
    const emitted = Emitted.take()
    const lent = Uint8Array.of(1, 2)
    emitted.emit(lent)
    lent.fill(0)
    expect([...emitted.octets(100)]).toEqual([1, 2])
    emitted.give()
  })

  it('is empty when it is taken again', () => {
    const emitted = Emitted.take()
    emitted.emit(new Uint8Array(5000))
    emitted.give()
    const again = Emitted.take()
    expect([again, again.octets(0).length]).toEqual([emitted, 0])
    again.give()
  })

  for (const [what, size] of [
    ['most of its memory', 1000],
    ['little of its memory', 100],
    ['memory that grew', 100_000],
  ] as const) {
    it(`gives away what may go by reference, for good: ${what}`, () => {
      const emitted = Emitted.take()
      emitted.emit(new Uint8Array(size).fill(7))
      const octets = emitted.octets(size)
      emitted.give()
      const next = Emitted.take()
      next.emit(new Uint8Array(size).fill(9))
      expect(octets.every(octet => octet === 7)).toBe(true)
      // an array that is mostly empty would be kept alive with it
      expect(octets.buffer.byteLength).toBeLessThanOrEqual(2 * Math.max(size, 1024))
      next.give()
    })
  }

  it('lends what is small: the next frame may be written over it', () => {
    const emitted = Emitted.take()
    emitted.emit(Uint8Array.of(1))
    const lent = emitted.octets(8192)
    emitted.give()
    const next = Emitted.take()
    next.emit(Uint8Array.of(2))
    expect([next, lent[0]]).toEqual([emitted, 2])
    next.give()
  })

  it('keeps eight at most, and no large memory', () => {
    const taken = Array.from({ length: 12 }, () => Emitted.take())
    for (const emitted of taken) {
      emitted.emit(new Uint8Array(200_000))
      emitted.give()
    }
    const again = Array.from({ length: 12 }, () => Emitted.take())
    expect(again.filter(emitted => taken.includes(emitted)).length).toBe(8)
    for (const emitted of again) {
      expect(emitted.octets(1).buffer.byteLength).toBeLessThanOrEqual(64 * 1024)
      emitted.give()
    }
  })
})
