import { describe, expect, it } from 'vitest'
import { webText } from '../../../src/bytes/text.ts'
import { decodeLatin1, encodeLatin1 } from '../../../src/handshake/http/latin1.ts'

describe('Latin-1', () => {
  it('is one character for each octet, however many', () => {
    const octets = Uint8Array.from({ length: 20_000 }, (_, i) => i)
    expect(encodeLatin1(decodeLatin1(octets))).toEqual(octets)
  })

  it('decodes 0x80 to 0x9f as Latin-1 and not as windows-1252', () => {
    expect(decodeLatin1(Uint8Array.of(0x80, 0x9f))).toBe('\x80\x9f')
  })

  for (const text of ['', 'GET / HTTP/1.1\r\n', 'caf\xe9', '\x7f\x80\xff', '\xc3\xa9']) {
    it(`gives the same octets of ${JSON.stringify(text)} with and without a runtime's encoder of UTF-8`, () => {
      expect([...encodeLatin1(text, webText)]).toEqual([...encodeLatin1(text)])
      expect(encodeLatin1(text, webText)).toHaveLength(text.length)
    })
  }
})
