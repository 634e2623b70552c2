import { argon2idAsync } from '@noble/hashes/argon2.js'
import { pbkdf2Async } from '@noble/hashes/pbkdf2.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { base64, octetsOfBase64 } from '../bytes/base64.ts'
import { ChallengeRefused } from './challenge-refused.ts'

/**
 * The spelling of SCRAM: that of the specification, or that of AutobahnPython and Crossbar. They differ in the name of the method, in the
 * field `c=` of the signed text, and in the key that Argon2 gives.
 */
export type ScramDialect = 'wamp-scram' | 'scram'

/** The parameters that turn a password into a key. A router sends them in its challenge. */
export interface ScramDerivation {
  readonly kdf: 'pbkdf2' | 'argon2id13'
  /** Base64; usually of 16 octets. */
  readonly salt: string
  /** Rounds of PBKDF2, at least 4,096; passes of Argon2. */
  readonly iterations: number
  /** KiB of memory for Argon2. */
  readonly memory?: number
}

/** Derives the salted password: 32 octets, in slices between which the event loop runs. Rejects with `ChallengeRefused` where it costs too much. */
export async function saltedPassword(password: string, derivation: ScramDerivation, dialect: ScramDialect): Promise<Uint8Array> {
  const { kdf, iterations, memory = 0 } = derivation
  const salt = octetsOfBase64(derivation.salt)
  if (salt === undefined) throw new ChallengeRefused('the salt of scram is not base64')
  const prepared = await saslPrepared(password)
  if (kdf === 'pbkdf2') {
    // RFC 7677 §4
    inRange('iterations', iterations, 4096, 10_000_000)
    return pbkdf2Async(sha256, prepared, salt, { c: iterations, dkLen: 32 })
  }
  if (kdf !== 'argon2id13') throw new ChallengeRefused('kdf of scram must be pbkdf2 or argon2id13')
  inRange('iterations', iterations, 1, 65_536)
  inRange('memory', memory, 8, 1_048_576)
  if (iterations * memory > mostArgonWork) throw new ChallengeRefused(`iterations × memory of scram must be at most ${mostArgonWork}`)
  if (salt.length < 8) throw new ChallengeRefused('the salt of scram must have at least 8 octets')
  const key = await argon2idAsync(prepared, salt, { t: iterations, m: memory, p: 1, dkLen: 32 })
  // AutobahnPython takes the base64 in the text that its library returns, without padding, for the key
  return dialect === 'scram' ? encoder.encode(base64(key).replace(/=+$/, '')) : key
}

/** Prepares a text by SASLprep (RFC 4013). ASCII stays as it is. */
export async function saslPrepared(text: string): Promise<string> {
  if (/^[ -~]*$/.test(text)) return text
  const { saslprep } = await import('@mongodb-js/saslprep')
  try {
    return saslprep(text)
  } catch {
    throw new ChallengeRefused('the name or password has characters that SASLprep (RFC 4013) forbids')
  }
}

function inRange(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return
  throw new ChallengeRefused(`${name} of scram must be an integer from ${least} to ${most}`)
}

const encoder = new TextEncoder()
/** KiB × passes: AutobahnPython's credentials take 4,096 × 512. */
const mostArgonWork = 8_388_608
