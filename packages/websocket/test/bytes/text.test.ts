import { describe, expect, it } from 'vitest'
import { webText } from '../../src/bytes/text.ts'

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

  it('leaves the validation to the loop', () => {
    expect(webText.isValid).toBeUndefined()
  })
})
