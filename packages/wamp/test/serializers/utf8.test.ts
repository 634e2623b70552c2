import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decoder, isUtf8, textOf, utf8Length } from '../../src/serializers/utf8.ts'

const fatal = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

describe('UTF-8', () => {
  it('is valid where the runtime says so', () => {
    const octet = fc.oneof(
      fc.integer({ min: 0, max: 255 }),
      fc.constantFrom(0x41, 0x80, 0x9f, 0xa0, 0x8f, 0x90, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf1, 0xf4, 0xf5),
    )
    const few = fc.array(octet, { maxLength: 8 })
    const many = fc.tuple(fc.constant(new Array(150).fill(0x41)), few).map(parts => parts.flat())
    fc.assert(
      fc.property(fc.oneof(few, many), octets => {
        const data = new Uint8Array([0xff, ...octets, 0xff])
        expect(isUtf8(data, 1, data.length - 1)).toBe(isValid(new Uint8Array(octets)))
      }),
      { numRuns: 5000 },
    )
  })

  it('is decoded, short and long, ASCII and not', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), text => {
        const octets = new TextEncoder().encode(`<${text}>`)
        expect(textOf(octets, 1, octets.length - 1)).toBe(text)
      }),
    )
    for (let length = 0; length < 40; length++) {
      const text = 'abcdefghij'.repeat(4).slice(0, length)
      expect(textOf(new TextEncoder().encode(text), 0, length)).toBe(text)
    }
  })

  it('keeps a mark of the byte order', () => {
    expect(decoder.decode(new Uint8Array([0xef, 0xbb, 0xbf, 0x41]))).toBe('\ufeffA')
  })

  it('has a length that is known before it is written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length)
      }),
    )
    expect(['\ud800', 'a\udc00', '\ud800\ud800\udc00'].map(utf8Length)).toEqual([-1, -1, -1])
  })
})

function isValid(octets: Uint8Array): boolean {
  try {
    fatal.decode(octets)
    return true
  } catch {
    return false
  }
}
