import { isUtf8 } from 'node:buffer'
import * as fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { mostPerUnit, webText } from '../../../src/bytes/text.ts'
import { nodeText } from '../../../src/node/runtime/node-text.ts'

const plain = await plainText()

describe('nodeText', () => {
  for (const sample of ['', 'plain', 'Grüße 漢字 🚀', '\ufeffwith a byte order mark', 'x'.repeat(100_000)]) {
    it(`carries ${JSON.stringify(sample.slice(0, 20))} there and back`, () => {
      const octets = nodeText.encode(sample)
      expect(Object.getPrototypeOf(octets)).toBe(Uint8Array.prototype)
      expect(nodeText.isValid?.(octets)).toBe(true)
      expect(nodeText.decode(octets)).toBe(sample)
    })
  }

  it('turns lone surrogates into U+FFFD', () => {
    expect([...nodeText.encode('a\ud800b')]).toEqual([0x61, 0xef, 0xbf, 0xbd, 0x62])
  })

  it('tells whether octets are valid UTF-8', () => {
    expect(nodeText.isValid?.(Uint8Array.of(0xc0, 0x80))).toBe(false)
    expect(nodeText.isValid?.(Uint8Array.of(0xed, 0xa0, 0x80))).toBe(false)
  })

  it('gives the octets that the web-standard class gives, one text after the other', () => {
    const texts = fc.array(fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), unpaired, long), { maxLength: 40 })
    fc.assert(
      fc.property(texts, given => {
        const encoded = given.map(sample => nodeText.encode(sample))
        expect(encoded.map(octets => [...octets])).toEqual(given.map(sample => [...webText.encode(sample)]))
      }),
    )
  })

  it('gives each text octets of its own, also when the rest of the pool is too small for it', () => {
    const encoded = Array.from({ length: 3000 }, (_, i) => nodeText.encode(`${i} `.repeat(i % 300)))
    expect(encoded.map(octets => nodeText.decode(octets))).toEqual(encoded.map((_, i) => `${i} `.repeat(i % 300)))
  })

  it('does not let its pool be transferred to another thread', () => {
    const octets = nodeText.encode('short')
    try {
      structuredClone(octets, { transfer: [octets.buffer as ArrayBuffer] })
    } catch {
      // newer versions of Node say so; older ones leave the buffer where it is
    }
    expect(nodeText.decode(octets)).toBe('short')
  })

  for (const [what, text] of [
    ['by what Buffer does not document', nodeText],
    ['where that is turned off', plain],
  ] as const) {
    describe(what, () => {
      it('writes the octets that the web-standard class writes, and none beside them', () => {
        fc.assert(
          fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), unpaired, long), fc.nat(20), (given, at) => {
            const target = new Uint8Array(at + mostPerUnit * given.length + 5).fill(7)
            const length = text.encodeInto(given, target, at)
            expect(digestOf(target)).toEqual(
              digestOf([...new Uint8Array(at).fill(7), ...webText.encode(given), ...Array(target.length).fill(7)].slice(0, target.length)),
            )
            expect(length).toBe(webText.encode(given).length)
          }),
        )
      })

      it('decodes a part as the web-standard class does, valid or not', () => {
        fc.assert(
          fc.property(octetsAround, fc.nat(8), fc.nat(8), (given, before, behind) => {
            const octets = Uint8Array.from([...Array(before).fill(0xe2), ...given, ...Array(behind).fill(0x82)])
            const end = before + given.length
            expect(text.decodeValid(octets, before, end)).toBe(webText.decodeValid(octets, before, end))
            if (isUtf8(Uint8Array.from(given))) expect(text.decode(octets, before, end)).toBe(webText.decode(octets, before, end))
          }),
          { numRuns: 1000 },
        )
      })
    })
  }
})

async function plainText(): Promise<typeof nodeText> {
  vi.stubEnv('AUTOBAHN_TS_FAST_PATHS', 'off')
  vi.resetModules()
  const { nodeText: plain } = await import('../../../src/node/runtime/node-text.ts')
  vi.unstubAllEnvs()
  return plain
}

function digestOf(octets: Iterable<number>): string {
  return Buffer.from([...octets]).toString('base64')
}

/** Octets of which many are parts of sequences, valid ones and others. */
const octetsAround = fc
  .array(
    fc.oneof(
      fc.nat(255).map(octet => [octet]),
      fc.constantFrom([0x61], [0xc3, 0xa4], [0xe2, 0x82, 0xac], [0xef, 0xbf, 0xbd], [0xef, 0xbb, 0xbf], [0xf0, 0x9f, 0x9a, 0x80]),
      fc.constantFrom([0xed, 0xa0, 0x80], [0xc0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]),
    ),
    { maxLength: 12 },
  )
  .map(parts => parts.flat())

/** UTF-16 of any kind, lone surrogates among it. */
const unpaired = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 }).map(units => String.fromCharCode(...units))
const long = fc
  .tuple(fc.constantFrom('a', 'ü', '漢', '🚀', '\ud800'), fc.integer({ min: 0, max: 3000 }))
  .map(([letter, times]) => letter.repeat(times))
