import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { joined } from '../../../src/bytes/octets.ts'
import { Emitted } from '../../../src/protocol/extending/emitted.ts'

describe('Emitted', () => {
  it('holds what was emitted, in order, however it was cut', () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 2000 }), { maxLength: 8 })
    fc.assert(
      fc.property(pieces, fc.integer({ min: 0, max: 10_000 }), (emissions, ownFrom) => {
        const emitted = new Emitted(chain)
        for (const octets of emissions) emitted.emit(octets)
        expect(Buffer.compare(emitted.octets(ownFrom), joined(emissions))).toBe(0)
        emitted.give()
      }),
    )
  })

  it('copies octets that are lent to it', () => {
    const emitted = new Emitted(chain)
    const lent = Uint8Array.of(1, 2)
    emitted.emit(lent)
    lent.fill(0)
    expect([...emitted.octets(100)]).toEqual([1, 2])
    emitted.give()
  })

  it('is empty, whatever was in its memory before', () => {
    const emitted = new Emitted(chain)
    emitted.emit(new Uint8Array(5000).fill(7))
    emitted.give()
    expect(new Emitted(chain).octets(0).length).toBe(0)
  })

  it('refuses octets after its frame is written, because its memory may be used by another', () => {
    const emitted = new Emitted(chain)
    emitted.emit(Uint8Array.of(1))
    emitted.give()
    const other = new Emitted(chain)
    other.emit(Uint8Array.of(2))
    expect(() => emitted.emit(Uint8Array.of(3))).toThrow(
      expect.objectContaining({
        name: 'ApiMisuse',
        message: 'extension x-test: its encoder emits before write, flush and end are done, and not later',
      }),
    )
    expect([...other.octets(100)]).toEqual([2])
    other.give()
  })

  for (const [what, size] of [
    ['most of its memory', 1000],
    ['little of its memory', 100],
    ['memory that grew', 100_000],
  ] as const) {
    it(`gives away what may go by reference, for good: ${what}`, () => {
      const emitted = new Emitted(chain)
      emitted.emit(new Uint8Array(size).fill(7))
      const octets = emitted.octets(size)
      emitted.give()
      const next = new Emitted(chain)
      next.emit(new Uint8Array(size).fill(9))
      expect(octets.every(octet => octet === 7)).toBe(true)
      // an array that is mostly empty would be kept alive with it
      expect(octets.buffer.byteLength).toBeLessThanOrEqual(2 * Math.max(size, 1024))
      next.give()
    })
  }

  it('lends what is small: the next frame may be written over it', () => {
    const emitted = new Emitted(chain)
    emitted.emit(Uint8Array.of(1))
    const lent = emitted.octets(8192)
    emitted.give()
    const next = new Emitted(chain)
    next.emit(Uint8Array.of(2))
    expect(lent[0]).toBe(2)
    next.give()
  })

  it('has its memory used again: eight pieces at most, and none that is large', () => {
    const sizes = [...Array(12).fill(10_000), ...Array(12).fill(200_000)]
    const frames = sizes.map(size => {
      const emitted = new Emitted(chain)
      emitted.emit(new Uint8Array(size))
      return emitted
    })
    const memory = new Set(frames.map(emitted => emitted.octets(1_000_000).buffer))
    for (const emitted of frames) emitted.give()
    const again = sizes.map(() => new Emitted(chain))
    const used = again.map(emitted => emitted.octets(8192).buffer).filter(buffer => memory.has(buffer))
    expect([used.length, used.every(buffer => buffer.byteLength <= 64 * 1024)]).toEqual([8, true])
    for (const emitted of again) emitted.give()
  })
})

const chain = { names: 'x-test' }
