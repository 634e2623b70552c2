import { pbkdf2, pbkdf2Async } from '@noble/hashes/pbkdf2.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { base64 } from './base64.ts'

/** How a key is made of a secret, so that a server need not keep the secret itself. */
export interface KeyDerivation {
  readonly salt: string
  /** Rounds of PBKDF2. */
  readonly iterations: number
  /** Octets of the key, before base64. */
  readonly keylen: number
}

/** PBKDF2-HMAC-SHA256 (RFC 8018 §5.2) as base64. Takes milliseconds on purpose, and holds the thread. */
export function pbkdf2Key(secret: string, { salt, iterations, keylen }: KeyDerivation): string {
  return base64(pbkdf2(sha256, secret, salt, { c: iterations, dkLen: keylen }))
}

/** The same, in slices between which other events are handled. */
export async function pbkdf2KeyInSlices(secret: string, { salt, iterations, keylen }: KeyDerivation): Promise<string> {
  return base64(await pbkdf2Async(sha256, secret, salt, { c: iterations, dkLen: keylen }))
}
