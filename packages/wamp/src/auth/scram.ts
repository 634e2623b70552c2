import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { base64, octetsOfBase64 } from '../bytes/base64.ts'
import { sameText } from '../keys/same-text.ts'
import { type ScramDerivation, type ScramDialect, saltedPassword } from './scram-key.ts'

/** The facts of both sides that SCRAM signs (RFC 5802 §3). Channel binding is not used. */
export interface ScramFacts {
  readonly dialect: ScramDialect
  /** The name of the user, after SASLprep. */
  readonly authid: string
  /** Base64; from HELLO.Details.authextra. */
  readonly clientNonce: string
  /** The client's nonce followed by the router's; from CHALLENGE.Extra. */
  readonly serverNonce: string
  readonly salt: string
  readonly iterations: number
}

/** The credential of a user as a router keeps it: with it one can check a proof, and not make one (RFC 5802 §3). Keys are base64. */
export interface ScramCredential extends ScramDerivation {
  readonly storedKey: string
  readonly serverKey: string
}

/** Makes the credential that a router keeps, out of a password. Rejects with `ChallengeRefused` for parameters that are not allowed. */
export async function scramCredential(
  password: string,
  derivation: ScramDerivation,
  dialect: ScramDialect = 'wamp-scram',
): Promise<ScramCredential> {
  const salted = await saltedPassword(password, derivation, dialect)
  return { ...derivation, storedKey: base64(sha256(clientKeyOf(salted))), serverKey: base64(serverKeyOf(salted)) }
}

/**
 * Makes the credential of a user that does not exist. Its salt is the same each time, and other for each name and each router (`secret`), so
 * that its challenge does not tell that there is nobody (RFC 5802 §5.1 leaves this to the server). No proof fits it.
 */
export function scramCredentialOfNobody(secret: Uint8Array, authid: string, like: Omit<ScramDerivation, 'salt'>): ScramCredential {
  const octets = hmac(sha256, secret, encoder.encode(authid))
  const storedKey = base64(hmac(sha256, secret, octets))
  return { ...like, salt: base64(octets.subarray(0, 16)), storedKey, serverKey: storedKey }
}

/** Makes AUTHENTICATE.Signature: the client's half. */
export function scramProof(salted: Uint8Array, facts: ScramFacts): string {
  const key = clientKeyOf(salted)
  return base64(xor(key, hmac(sha256, sha256(key), authMessage(facts))))
}

/** Tells whether a proof is that of the user of the credential: the router's half. */
export function isScramProof({ storedKey }: ScramCredential, facts: ScramFacts, proof: string): boolean {
  const stored = octetsOfBase64(storedKey)
  const octets = octetsOfBase64(proof)
  if (stored?.length !== 32 || octets?.length !== 32) return false
  return sameText(base64(sha256(xor(octets, hmac(sha256, stored, authMessage(facts))))), storedKey)
}

/** Makes the router's own proof, for WELCOME.Details.authextra: it has the credential of the user, so it is not somebody else. */
export function scramVerifier({ serverKey }: ScramCredential, facts: ScramFacts): string {
  return base64(hmac(sha256, octetsOfBase64(serverKey) ?? new Uint8Array(), authMessage(facts)))
}

/** Tells whether the router has proved itself: the client's half. The prefix `v=` of RFC 5802 is taken too. */
export function isScramVerifier(salted: Uint8Array, facts: ScramFacts, verifier: string): boolean {
  return sameText(base64(hmac(sha256, serverKeyOf(salted), authMessage(facts))), verifier.replace(/^v=/, ''))
}

function clientKeyOf(salted: Uint8Array): Uint8Array {
  return hmac(sha256, salted, encoder.encode('Client Key'))
}

function serverKeyOf(salted: Uint8Array): Uint8Array {
  return hmac(sha256, salted, encoder.encode('Server Key'))
}

/** RFC 5802 §3: `AuthMessage`. */
function authMessage({ dialect, authid, clientNonce, serverNonce, salt, iterations }: ScramFacts): Uint8Array {
  // RFC 5802 §5.1: a comma and an equals sign stand as =2C and =3D; AutobahnPython does not escape
  const name = dialect === 'scram' ? authid : authid.replaceAll('=', '=3D').replaceAll(',', '=2C')
  // base64 of the GS2 header `n,,`; AutobahnPython signs the channel binding itself, which is empty
  const binding = dialect === 'scram' ? '' : 'biws'
  return encoder.encode(`n=${name},r=${clientNonce},r=${serverNonce},s=${salt},i=${iterations},c=${binding},r=${serverNonce}`)
}

function xor(one: Uint8Array, other: Uint8Array): Uint8Array {
  return one.map((octet, i) => octet ^ (other[i] ?? 0))
}

const encoder = new TextEncoder()
