import { describe, expect, it } from 'vitest'
import { decodeLatin1, encodeLatin1 } from '../../src/handshake/latin1.ts'

describe('Latin-1', () => {
  it('is one character for each octet, however many', () => {
    const octets = Uint8Array.from({ length: 20_000 }, (_, i) => i)
    expect(encodeLatin1(decodeLatin1(octets))).toEqual(octets)
  })

  it('is not windows-1252', () => {
    expect(decodeLatin1(Uint8Array.of(0x80, 0x9f))).toBe('\x80\x9f')
  })
})
