import type { Octets } from './octets.ts'

/** The port to the runtime's cryptography. */
export interface Crypto {
  /** Computes SHA-1, which RFC 6455 §4.2.2 demands; nothing secret depends on it. */
  sha1(octets: Octets): Octets
  /**
   * Computes SHA-1 of ASCII text, in base64 with padding. Absent where the runtime has nothing faster than `sha1` and an encoder of base64.
   */
  sha1Base64?(text: string): string
  /** Fills the array with octets that peers cannot predict (RFC 6455 §10.3). */
  fillRandom(target: Octets): void
}
