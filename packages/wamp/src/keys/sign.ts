import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { base64 } from '../bytes/base64.ts'

/** Signs a text by HMAC-SHA256 (RFC 2104). Returns base64. The key is the UTF-8 of `key`, also where it looks like base64. */
export function sign(message: string, key: string): string {
  return base64(hmac(sha256, encoder.encode(key), encoder.encode(message)))
}

const encoder = new TextEncoder()
