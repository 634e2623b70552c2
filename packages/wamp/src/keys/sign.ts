import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { base64 } from './base64.ts'

/** HMAC-SHA256 (RFC 2104) of a text as base64. The key is used as the octets of its text, also where it looks like base64. */
export function sign(message: string, key: string): string {
  return base64(hmac(sha256, encoder.encode(key), encoder.encode(message)))
}

const encoder = new TextEncoder()
