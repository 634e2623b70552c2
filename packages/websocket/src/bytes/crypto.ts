import type { Octets } from './octets.ts'

/** The port to the runtime's cryptography. */
export interface Crypto {
  /** SHA-1, which RFC 6455 §4.2.2 asks for; nothing secret depends on it. */
  sha1(octets: Octets): Octets
  /** The same of ASCII text, in base64 with padding. Absent where the runtime has nothing faster than `sha1` and an encoder of base64. */
  sha1Base64?(text: string): string
  /** Fills with octets that no peer can predict (RFC 6455 §10.3). */
  fillRandom(target: Octets): void
}
