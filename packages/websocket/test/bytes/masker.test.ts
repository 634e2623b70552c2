import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chosenMasker, type Masker, scalarMasker } from '../../src/bytes/masker.ts'
import { SimdMasker } from '../../src/bytes/simd-masker.ts'

const simdMasker = SimdMasker.create()

testMasker('the loops', scalarMasker)
if (simdMasker !== undefined) testMasker('SIMD', simdMasker)

describe('chosenMasker', () => {
  it("takes the runtime's own, else the loops, and none where payloads are left as they are", () => {
    const own: Masker = { apply: () => undefined }
    expect(chosenMasker(true, own)).toBe(own)
    expect(chosenMasker(true, undefined)).toBe(scalarMasker)
    expect(chosenMasker(false, own)).toBe(undefined)
  })
})

/** The behaviour of every implementation of the port `Masker`. */
function testMasker(name: string, masker: Masker): void {
  describe(`Masker: ${name}`, () => {
    it('unmasks the example of RFC 6455 §5.7', () => {
      const octets = Uint8Array.of(0x7f, 0x9f, 0x4d, 0x51, 0x58)
      masker.apply(octets, 0, 5, 0x37fa213d, 0)
      expect(new TextDecoder().decode(octets)).toBe('Hello')
    })

    it('combines octet i with octet i mod 4 of the key, wherever the part lies, and touches nothing else', () => {
      const part = fc.record({
        size: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 600, max: 70_000 })),
        before: fc.integer({ min: 0, max: 20 }),
        behind: fc.integer({ min: 0, max: 20 }),
        offset: fc.integer({ min: 0, max: 20 }),
        key: fc.integer({ min: 0, max: 0xffff_ffff }),
        phase: fc.integer({ min: 0, max: 3 }),
      })
      fc.assert(
        fc.property(part, ({ size, before, behind, offset, key, phase }) => {
          const octets = new Uint8Array(new ArrayBuffer(offset + before + size + behind), offset).map((_, i) => i * 31)
          const keyOctets = [key >>> 24, (key >>> 16) & 255, (key >>> 8) & 255, key & 255]
          const end = before + size
          const wanted = octets.map((octet, i) => (i < before || i >= end ? octet : octet ^ keyOctets[(i - before + phase) & 3]!))
          masker.apply(octets, before, end, key, phase)
          expect(Buffer.compare(octets, wanted)).toBe(0)
        }),
      )
    })

    it('takes a payload in pieces, each with the phase at which it begins', () => {
      const whole = Uint8Array.from({ length: 2000 }, (_, i) => i)
      const pieces = Uint8Array.from(whole)
      masker.apply(whole, 0, 2000, 0x0102_0304, 0)
      for (const [start, end] of [
        [0, 1],
        [1, 130],
        [130, 131],
        [131, 2000],
      ] as const)
        masker.apply(pieces, start, end, 0x0102_0304, start & 3)
      expect(Buffer.compare(pieces, whole)).toBe(0)
    })
  })
}
