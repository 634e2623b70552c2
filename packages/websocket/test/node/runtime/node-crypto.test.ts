import { describe, expect, it } from 'vitest'
import { nodeCrypto } from '../../../src/node/runtime/node-crypto.ts'

describe('nodeCrypto', () => {
  it('knows SHA-1, by RFC 6455 §1.3', () => {
    const digest = nodeCrypto.sha1(new TextEncoder().encode('dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11'))
    expect(Buffer.from(digest).toString('base64')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
  })

  it('gives SHA-1 in base64 as it gives it in octets', () => {
    for (const text of ['', 'a', 'dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11']) {
      const digest = Buffer.from(nodeCrypto.sha1(new TextEncoder().encode(text))).toString('base64')
      expect(nodeCrypto.sha1Base64?.(text) ?? digest).toBe(digest)
    }
  })

  for (const length of [4, 256, 257, 10_000]) {
    it(`fills ${length} octets with other ones each time`, () => {
      const seen = new Set<string>()
      for (let i = 0; i < 100; i++) {
        const target = new Uint8Array(length)
        nodeCrypto.fillRandom(target)
        seen.add(Buffer.from(target).toString('latin1'))
      }
      expect(seen.size).toBe(100)
    })
  }

  it('uses the pool to its last octet and never twice', () => {
    const seen = new Set<string>()
    for (let i = 0; i < 8192; i++) {
      const target = new Uint8Array(6)
      nodeCrypto.fillRandom(target)
      seen.add(Buffer.from(target).toString('latin1'))
    }
    expect(seen.size).toBe(8192)
  })
})
