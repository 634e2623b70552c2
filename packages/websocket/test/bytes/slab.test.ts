import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Octets } from '../../src/bytes/octets.ts'
import { Slab, slabSize } from '../../src/bytes/slab.ts'

describe('Slab', () => {
  it('gives zeroed octets that overlap none before, at a multiple of 8, and allocates no memory per small array', () => {
    const length = fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 3000 }))
    fc.assert(
      fc.property(fc.array(length, { maxLength: 60 }), lengths => {
        const { slab, slabs } = counted()
        const taken = lengths.map(size => {
          const octets = slab.take(size)
          expect([octets.length, octets.byteOffset % 8, octets.every(octet => octet === 0)]).toEqual([size, 0, true])
          return octets.fill(0xff)
        })
        expect(overlaps(taken)).toEqual([])
        const cut = lengths.filter(isCut)
        // what a slab cannot give any more is less than an eighth of it, and rounding takes less than 8 octets of 64
        expect(slabs.length).toBeLessThanOrEqual(Math.ceil((cut.reduce((sum, size) => sum + size + 7, 0) * 8) / 7 / slabSize))
      }),
    )
  })

  it('cuts what is above 64 and up to 2048 octets from a slab, and makes the others by themselves', () => {
    const { slab, slabs } = counted()
    const own = [0, 1, 64, 2049, slabSize, slabSize + 1].map(size => slab.take(size))
    expect([slabs.length, own.map(octets => octets.buffer.byteLength)]).toEqual([0, [0, 1, 64, 2049, slabSize, slabSize + 1]])
    const cut = [65, 2048].map(size => slab.take(size))
    expect(slabs.length).toBe(1)
    expect(cut.map(octets => octets.buffer)).toEqual([slabs[0], slabs[0]])
  })

  it('begins a new slab where the old one has no room, and fills each to its last octet', () => {
    const { slab, slabs } = counted()
    const eighth = slabSize / 8
    for (let i = 0; i < 8; i++) slab.take(eighth)
    expect(slabs.length).toBe(1)
    expect(slab.take(65).buffer).toBe(slabs[1])
  })

  it('begins a new slab where somebody has transferred the old one', () => {
    const slab = new Slab()
    const { buffer } = slab.take(100)
    structuredClone(buffer, { transfer: [buffer] })
    expect(slab.take(100)).toEqual(new Uint8Array(100))
  })

  it('copies a part, which changes of the original do not reach', () => {
    const slab = new Slab()
    for (const [size, start, end] of [
      [10, 3, 3],
      [10, 0, 10],
      [64, 0, 64],
      [65, 0, 65],
      [500, 17, 400],
      [9000, 1, 8999],
    ] as const) {
      const octets = Uint8Array.from({ length: size }, (_, i) => i)
      const wanted = [...octets.subarray(start, end)]
      const copy = slab.copy(octets, start, end)
      octets.fill(0)
      expect([...copy]).toEqual(wanted)
      expect(Object.getPrototypeOf(copy)).toBe(Uint8Array.prototype)
    }
  })
})

function counted(): { slab: Slab; slabs: ArrayBuffer[] } {
  const slabs: ArrayBuffer[] = []
  const slab = new Slab(size => {
    const memory = new ArrayBuffer(size)
    slabs.push(memory)
    return memory
  })
  return { slab, slabs }
}

function isCut(size: number): boolean {
  return size > 64 && size <= 2048
}

/** Pairs that have an octet in common. */
function overlaps(taken: readonly Octets[]): (readonly [Octets, Octets])[] {
  const ends = (octets: Octets): number => octets.byteOffset + octets.length
  return taken.flatMap((one, i) =>
    taken
      .slice(i + 1)
      .filter(other => one.buffer === other.buffer && one.byteOffset < ends(other) && other.byteOffset < ends(one))
      .map(other => [one, other] as const),
  )
}
