import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import type { Octets } from '../../src/bytes/octets.ts'
import { SimdMasker } from '../../src/bytes/simd-masker.ts'

const masker = SimdMasker.create()!

describe('SimdMasker', () => {
  for (const place of ['its own memory', 'other memory', 'shared memory'] as const) {
    it(`does what RFC 6455 §5.3 says, in ${place}, and touches nothing beside it`, () => {
      fc.assert(
        fc.property(length, fc.nat(7), fc.integer(), fc.nat(3), (size, before, key, phase) => {
          const octets =
            place === 'its own memory' ? masker.readBuffer.subarray(before) : arrayOf(place, size + before + 9).subarray(before)
          const view = octets.subarray(0, Math.min(octets.length, size + 9))
          view.forEach((_, i) => {
            view[i] = i * 31
          })
          const wanted = Array.from(view, (octet, i) => (i < 1 || i >= size + 1 ? octet : octet ^ keyOctet(key, phase + i - 1)))
          masker.apply(view, 1, size + 1, key, phase)
          expect(Buffer.compare(view, Uint8Array.from(wanted))).toBe(0)
        }),
      )
    })
  }

  it('masks more than its memory holds', () => {
    const octets = new Uint8Array(1_000_003)
    masker.apply(octets, 1, octets.length, 0x01020304, 2)
    expect(octets.every((octet, i) => octet === (i === 0 ? 0 : keyOctet(0x01020304, 2 + i - 1)))).toBe(true)
  })

  it('leaves octets as they are that are masked with zeros, or none', () => {
    const octets = Uint8Array.of(1, 2, 3)
    masker.apply(octets, 0, 3, 0, 1)
    masker.apply(octets, 2, 2, 0x01020304, 1)
    expect(octets).toEqual(Uint8Array.of(1, 2, 3))
  })

  it('offers 256 KiB to read into', () => {
    expect(masker.readBuffer.length).toBe(262_144)
  })

  it('is undefined where WebAssembly cannot be compiled', () => {
    vi.stubGlobal('WebAssembly', {
      Module: class {
        constructor() {
          throw new Error('unsafe-eval')
        }
      },
    })
    expect(SimdMasker.create()).toBeUndefined()
    vi.unstubAllGlobals()
  })

  it('is undefined where it does not mask correctly', () => {
    const memory = { buffer: new ArrayBuffer(3 * 65_536) }
    vi.stubGlobal('WebAssembly', {
      Module: class {},
      Instance: class {
        exports = { memory, mask: () => undefined }
      },
    })
    expect(SimdMasker.create()).toBeUndefined()
    vi.unstubAllGlobals()
  })
})

/** Around each threshold, and anything. */
const length = fc.oneof(fc.constantFrom(0, 1, 15, 16, 17, 63, 64, 65, 79, 80, 127, 128, 511, 512, 513, 4096), fc.nat(3000))

function keyOctet(key: number, position: number): number {
  return (key >>> (24 - 8 * (position & 3))) & 0xff
}

function arrayOf(place: string, size: number): Octets {
  return new Uint8Array(place === 'shared memory' ? new SharedArrayBuffer(size) : new ArrayBuffer(size))
}
