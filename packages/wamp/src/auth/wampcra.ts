import { pbkdf2KeyInSlices } from '../keys/pbkdf2-key.ts'
import { sameText } from '../keys/same-text.ts'
import { sign } from '../keys/sign.ts'
import { ChallengeRefused } from './challenge-refused.ts'

/** The facts in the challenge of a router. Each makes it different from all others; `session` and `nonce` make it useless elsewhere. */
export interface CraFacts {
  readonly authid: string
  readonly authrole: string
  readonly authmethod: string
  readonly authprovider: string
  readonly nonce: string
  /** ISO 8601 in UTC. */
  readonly timestamp: string
  readonly session: number
}

/** A key of WAMP-CRA as a router keeps it: base64 of PBKDF2, with what a client needs to derive it; or the secret itself, without a salt. */
export interface CraKey {
  readonly key: string
  readonly salt?: string
  /** Rounds of PBKDF2. */
  readonly iterations?: number
  /** Octets of the key, before base64. */
  readonly keylen?: number
}

/** Derives the key of a salted secret, which a router keeps in place of the secret. Default: 100,000 rounds and 32 octets. */
export async function craKey(secret: string, salt: string, iterations = 100_000, keylen = 32): Promise<CraKey> {
  return { key: await pbkdf2KeyInSlices(secret, { salt, iterations, keylen }), salt, iterations, keylen }
}

/** Makes CHALLENGE.Extra, the router's half. The text is signed as it is. */
export function craChallenge(facts: CraFacts, { salt, iterations, keylen }: CraKey): Readonly<Record<string, unknown>> {
  const challenge = JSON.stringify(facts)
  return salt === undefined ? { challenge } : { challenge, salt, iterations, keylen }
}

/** Tells whether a signature is that of the challenge with the key, in constant time: the router's half. */
export function isCraSignature({ key }: CraKey, challenge: string, signature: string): boolean {
  return sameText(sign(challenge, key), signature)
}

/**
 * Answers CHALLENGE.Extra: the client's half. Resolves with AUTHENTICATE.Signature; rejects with `ChallengeRefused` for an extra that is
 * malformed or asks for more than 10 million rounds.
 */
export async function craSignature(secret: string, extra: Readonly<Record<string, unknown>>): Promise<string> {
  const { challenge, salt } = extra
  if (typeof challenge !== 'string') throw new ChallengeRefused('the challenge of wampcra is not a text')
  if (salt === undefined || salt === null || salt === '') return sign(challenge, secret)
  if (typeof salt !== 'string') throw new ChallengeRefused('the salt of wampcra is not a text')
  // defaults of AutobahnPython
  const iterations = count('iterations', extra.iterations ?? 1000, 10_000_000)
  const keylen = count('keylen', extra.keylen ?? 32, 1024)
  return sign(challenge, await pbkdf2KeyInSlices(secret, { salt, iterations, keylen }))
}

function count(name: string, value: unknown, most: number): number {
  if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most) return value as number
  throw new ChallengeRefused(`${name} of wampcra must be an integer from 1 to ${most}`)
}
