import { isUtf8 } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Octets } from '../../src/bytes/octets.ts'
import { type Text, webText } from '../../src/bytes/text.ts'
import { Utf8Validator } from '../../src/bytes/utf8-validator.ts'

const fastText: Text = { ...webText, isValid: isUtf8 }
const before = new Uint8Array(40).fill(0x61)

for (const [name, text] of [
  ['by a plain scan', webText],
  ['with the help of the runtime', fastText],
] as const) {
  describe(`Utf8Validator ${name}`, () => {
    for (const [what, ...octets] of [
      ['the first and last of each length', 0x00, 0x7f, 0xc2, 0x80, 0xdf, 0xbf, 0xe0, 0xa0, 0x80, 0xef, 0xbf, 0xbf, 0xf0, 0x90, 0x80, 0x80],
      ['U+10FFFF', 0xf4, 0x8f, 0xbf, 0xbf],
      ['the points beside the surrogates', 0xed, 0x9f, 0xbf, 0xee, 0x80, 0x80],
      ['κόσμε', 0xce, 0xba, 0xcf, 0x8c, 0xcf, 0x83, 0xce, 0xbc, 0xce, 0xb5],
    ] as const) {
      it(`accepts ${what}`, () => {
        expect(isValid(text, [Uint8Array.from(octets)])).toBe(true)
        expect(isValid(text, [before, Uint8Array.from([...before, ...octets]), before])).toBe(true)
      })
    }

    for (const [what, ...octets] of [
      ['a lone continuation', 0x80],
      ['an overlong /', 0xc0, 0xaf],
      ['an overlong /, three octets long', 0xe0, 0x80, 0xaf],
      ['an overlong U+FFFF, four octets long', 0xf0, 0x8f, 0xbf, 0xbf],
      ['a high surrogate', 0xed, 0xa0, 0x80],
      ['a low surrogate', 0xed, 0xbf, 0xbf],
      ['U+110000', 0xf4, 0x90, 0x80, 0x80],
      ['a first octet of five', 0xf8, 0x88, 0x80, 0x80, 0x80],
      ['0xff', 0xff],
      ['a sequence broken by a letter', 0xce, 0x61],
      ['a sequence broken at its third octet', 0xe2, 0x82, 0x61],
    ] as const) {
      it(`refuses ${what}`, () => {
        expect(isValid(text, [Uint8Array.from(octets)])).toBe(false)
        expect(isValid(text, [Uint8Array.from([...before, ...octets, ...before])])).toBe(false)
        for (const octet of octets) expect(isValid(text, [before, Uint8Array.of(octet), before])).toBe(octet < 0x80)
      })
    }

    it('refuses at the first octet that no continuation could mend', () => {
      const validator = new Utf8Validator(text)
      expect(validator.push(Uint8Array.of(0xce, 0xba, 0xed), 0, 3)).toBe(true)
      expect(validator.push(Uint8Array.of(0xa0), 0, 1)).toBe(false)
    })

    it('knows whether a code point has ended', () => {
      const validator = new Utf8Validator(text)
      const euro = Uint8Array.from([...before, 0xe2, 0x82, 0xac])
      const complete = [1, 2, 3].map(octets => {
        validator.reset()
        validator.push(euro, 0, 40 + octets)
        return validator.isComplete
      })
      expect(complete).toEqual([false, false, true])
    })

    it('begins anew after reset, also in the middle of a restricted sequence', () => {
      for (const first of [0xe0, 0xed, 0xf0, 0xf4]) {
        const validator = new Utf8Validator(text)
        validator.push(Uint8Array.of(first), 0, 1)
        validator.reset()
        expect(validator.isComplete).toBe(true)
        expect(validator.push(Uint8Array.of(0xc3, 0x80, 0xc3, 0xbf), 0, 4)).toBe(true)
      }
    })

    it('reads only the part between start and end', () => {
      expect(new Utf8Validator(text).push(Uint8Array.from([0xff, ...before, 0xff]), 1, 41)).toBe(true)
    })

    it('agrees with TextDecoder however the octets are cut', () => {
      fc.assert(
        fc.property(almostText, fc.array(fc.nat(400), { maxLength: 6 }), (octets, cuts) => {
          const positions = cuts.map(cut => cut % (octets.length + 1)).sort((one, other) => one - other)
          const pieces = [0, ...positions].map((from, at) => octets.slice(from, positions[at] ?? octets.length))
          expect(isValid(text, pieces)).toBe(decodes(octets))
        }),
        { numRuns: 1000 },
      )
    })
  })
}

/** Text, with an octet changed here and there. */
const almostText = fc
  .tuple(
    fc.string({ unit: 'binary', maxLength: 120 }),
    fc.array(fc.tuple(fc.nat(400), fc.constantFrom(0x41, 0x80, 0xbf, 0xc1, 0xc3, 0xe0, 0xed, 0xf0, 0xf4, 0xff)), { maxLength: 2 }),
  )
  .map(([text, changes]) => {
    const octets = new TextEncoder().encode(text)
    for (const [at, octet] of changes) if (octets.length > 0) octets[at % octets.length] = octet
    return octets
  })

function isValid(text: Text, pieces: readonly Octets[]): boolean {
  const validator = new Utf8Validator(text)
  return pieces.every(piece => validator.push(piece, 0, piece.length)) && validator.isComplete
}

function decodes(octets: Octets): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(octets)
    return true
  } catch {
    return false
  }
}
