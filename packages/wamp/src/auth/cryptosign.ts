import { getPublicKey, hashes, sign, verify } from '@noble/ed25519'
import { sha512 } from '@noble/hashes/sha2.js'
import { ChallengeRefused } from './challenge-refused.ts'
import { hex, octetsOfHex } from './hex.ts'

/** The lengths of a private key, of a public key and of a challenge, in octets. */
const length = 32

/** Returns the public key of a private one, both as 64 letters of hex. Throws `ChallengeRefused` for what is not a private key. */
export function publicKeyOf(privateKey: string): string {
  withSha512()
  return hex(getPublicKey(privateOctets(privateKey)))
}

/**
 * Signs a challenge, given as hex: the client's half for AUTHENTICATE.Signature, and the router's where a client asks it to prove itself.
 * With `channelId` (32 octets, equal on both ends of one TLS connection) the signature is good on this connection only.
 *
 * Throws `ChallengeRefused` for a challenge that is not 32 octets.
 */
export function cryptosignSignature(privateKey: string, challenge: string, channelId?: Uint8Array): string {
  withSha512()
  const octets = octetsOfHex(challenge)
  if (octets?.length !== length) throw new ChallengeRefused('the challenge of cryptosign must be 32 octets of hex')
  const signed = bound(octets, channelId)
  return hex(sign(signed, privateOctets(privateKey))) + hex(signed)
}

/**
 * Tells whether a signature is that of the challenge with the private key that belongs to `publicKey`: the other half. All are hex; a
 * signature is 64 octets, followed by the 32 that were signed.
 */
export function isCryptosignSignature(publicKey: string, challenge: string, signature: string, channelId?: Uint8Array): boolean {
  withSha512()
  const key = octetsOfHex(publicKey)
  const sent = octetsOfHex(challenge)
  const octets = octetsOfHex(signature)
  if (key?.length !== length || sent?.length !== length || octets?.length !== 3 * length) return false
  const signed = bound(sent, channelId)
  // without this, a signature that was made for another challenge would do
  if (octets.subarray(2 * length).some((octet, i) => octet !== signed[i])) return false
  try {
    return verify(octets.subarray(0, 2 * length), signed, key)
  } catch {
    return false
  }
}

function privateOctets(privateKey: string): Uint8Array {
  const octets = octetsOfHex(privateKey)
  if (octets?.length !== length) throw new ChallengeRefused('a private key of cryptosign must be 32 octets of hex')
  return octets
}

function bound(challenge: Uint8Array, channelId: Uint8Array | undefined): Uint8Array {
  if (channelId === undefined) return challenge
  if (channelId.length !== length) throw new ChallengeRefused('a channel id must have 32 octets')
  return challenge.map((octet, i) => octet ^ (channelId[i] ?? 0))
}

/** The library has SHA-512 only by promises, unless one is put in. */
function withSha512(): void {
  hashes.sha512 ??= sha512
}
