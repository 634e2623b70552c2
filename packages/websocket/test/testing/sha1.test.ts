import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { sha1 } from '../../src/testing/sha1.ts'

describe('sha1', () => {
  it('gives the digest of RFC 6455 §1.3', () => {
    const accept = sha1(new TextEncoder().encode('dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11'))
    expect(Buffer.from(accept).toString('base64')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
  })

  it('agrees with OpenSSL for every length around the block size', () => {
    for (let length = 0; length < 260; length++) {
      const octets = Uint8Array.from({ length }, (_, i) => (i * 7 + length) & 0xff)
      expect(Buffer.from(sha1(octets)).toString('hex'), `${length} octets`).toBe(createHash('sha1').update(octets).digest('hex'))
    }
  })
})
