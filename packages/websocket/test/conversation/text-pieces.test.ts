import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { webText } from '../../src/bytes/text.ts'
import { checkText, TextPieces } from '../../src/conversation/text-pieces.ts'

describe('TextPieces', () => {
  it('make the octets of the whole text, however it is cut, as strings or as octets', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.nat(20)), fc.boolean(), (text, cuts, asOctets) => {
        const pieces = cut(asOctets ? webText.encode(text) : text, cuts)
        expect(octetsOf(pieces)).toEqual(Buffer.from(text))
      }),
    )
  })

  it('replace half of a surrogate pair as TextEncoder does, wherever it stands', () => {
    for (const pieces of [['a\ud83d'], ['\ud83d', 'a'], ['\ude00', 'a'], ['\ud83d', '\ud83d', '\ude00']])
      expect(octetsOf(pieces)).toEqual(Buffer.from(pieces.join('')))
  })

  it('refuse octets that are not UTF-8, and those that end within a character', () => {
    expect(() => octetsOf([Uint8Array.of(0xff)])).toThrow('a text message must be UTF-8')
    expect(() => octetsOf([Uint8Array.of(0xc3)])).toThrow('a text message must be UTF-8')
    expect(() => octetsOf([Uint8Array.of(0xc3), 'a'])).toThrow('a text message must be UTF-8')
    expect(() => octetsOf(['\ud83d', Uint8Array.of(0x61)])).toThrow('octets follow a string that ends with half of a surrogate pair')
  })

  it('refuse what is neither text nor octets', () => {
    expect(() => octetsOf([5])).toThrow('a payload must be a string or octets, and not number')
  })
})

describe('checkText', () => {
  it('accepts UTF-8 and refuses everything else', () => {
    expect(() => checkText(webText.encode('h\u00e4'), webText)).not.toThrow()
    expect(() => checkText(new Uint8Array(0), webText)).not.toThrow()
    for (const octets of [Uint8Array.of(0xff), Uint8Array.of(0x61, 0xc3)])
      expect(() => checkText(octets, webText)).toThrow('a text message must be UTF-8, and these octets are not')
  })
})

function octetsOf(pieces: readonly unknown[]): Buffer {
  const text = new TextPieces(webText)
  return Buffer.concat([...pieces.map(piece => Uint8Array.from(text.octetsOf(piece))), text.end()])
}

/** Cuts a text or octets at the places. */
function cut<Whole extends string | Uint8Array>(whole: Whole, lengths: readonly number[]): Whole[] {
  const pieces: Whole[] = []
  let at = 0
  for (const length of [...lengths, whole.length]) {
    pieces.push(whole.slice(at, at + length) as Whole)
    at += length
  }
  return pieces
}
