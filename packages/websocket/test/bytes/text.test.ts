import { describe, expect, it } from 'vitest'
import { decodeValidText, encodeText, mostPerUnit, webText } from '../../src/bytes/text.ts'

describe('webText', () => {
  it('encodes and decodes UTF-8', () => {
    expect(webText.encode('κόσμε')).toEqual(Uint8Array.of(0xce, 0xba, 0xcf, 0x8c, 0xcf, 0x83, 0xce, 0xbc, 0xce, 0xb5))
    expect(webText.decode(Uint8Array.of(0xe2, 0x82, 0xac))).toBe('€')
  })

  it('makes U+FFFD of lone surrogates, since they have no UTF-8', () => {
    expect(webText.encode('a\ud800b')).toEqual(Uint8Array.of(0x61, 0xef, 0xbf, 0xbd, 0x62))
  })

  it('keeps a byte order mark: it is part of the message', () => {
    expect(webText.decode(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe('\ufeffa')
  })

  it('writes where it is told', () => {
    const target = new Uint8Array(8).fill(1)
    expect(webText.encodeInto('aä', target, 2)).toBe(3)
    expect([...target]).toEqual([1, 1, 0x61, 0xc3, 0xa4, 1, 1, 1])
    expect(3 * '漢'.length).toBeLessThanOrEqual(mostPerUnit)
  })

  it('decodes a part', () => {
    expect(webText.decode(Uint8Array.of(0x61, 0xe2, 0x82, 0xac, 0x62), 1, 4)).toBe('€')
    expect(webText.decode(Uint8Array.of(0x61, 0x62), 1)).toBe('b')
  })

  it('decodes what may be anything, if it is valid as a whole', () => {
    const octets = Uint8Array.of(0x61, 0xe2, 0x82, 0xac, 0xef, 0xbf, 0xbd)
    expect(webText.decodeValid(octets, 1, 7)).toBe('€\ufffd')
    expect([webText.decodeValid(octets, 0, 3), webText.decodeValid(octets, 2, 7)]).toEqual([undefined, undefined])
    expect(webText.decodeValid(Uint8Array.of(0xef, 0xbb, 0xbf), 0, 3)).toBe('\ufeff')
  })

  it('does not validate by itself: Utf8Validator uses its loop', () => {
    expect(webText.isValid).toBeUndefined()
  })
})

it('encodeText and decodeValidText are those of webText', () => {
  expect([webText.encode, webText.decodeValid]).toEqual([encodeText, decodeValidText])
})
