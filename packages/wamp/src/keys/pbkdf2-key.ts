import { pbkdf2, pbkdf2Async } from '@noble/hashes/pbkdf2.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { base64 } from '../bytes/base64.ts'

/** Parameters for deriving a key from a secret, so that a server does not have to keep the secret itself. */
export interface KeyDerivation {
  readonly salt: string
  /** Rounds of PBKDF2. */
  readonly iterations: number
  /** Octets of the key, before base64. */
  readonly keylen: number
}

/** Derives a key by PBKDF2-HMAC-SHA256 (RFC 8018 §5.2). Returns base64. Blocks the thread, for milliseconds on purpose. */
export function pbkdf2Key(secret: string, { salt, iterations, keylen }: KeyDerivation): string {
  return base64(pbkdf2(sha256, secret, salt, { c: iterations, dkLen: keylen }))
}

/** Derives a key as `pbkdf2Key` does, in slices between which the event loop runs. */
export async function pbkdf2KeyInSlices(secret: string, { salt, iterations, keylen }: KeyDerivation): Promise<string> {
  return base64(await pbkdf2Async(sha256, secret, salt, { c: iterations, dkLen: keylen }))
}
