import type { Awaitable } from '@autobahn-ts/websocket/portable'
import { base64 } from '../bytes/base64.ts'
import type { Dict, WelcomeDetails } from '../messages/message.ts'
import type { AuthAnswer, AuthAttempt, AuthMethod } from './auth-method.ts'
import { ChallengeRefused } from './challenge-refused.ts'
import { isScramVerifier, type ScramFacts, scramProof } from './scram.ts'
import { type ScramDialect, saltedPassword, saslPrepared } from './scram-key.ts'
import { checkPrincipal, secretOf } from './secret.ts'

/**
 * Authenticates by SCRAM: neither side learns a password from the other, and the router proves that it knows the user. Both spellings are offered,
 * that of the specification and that of AutobahnPython and Crossbar.
 *
 * `password` may be a function, which is called for each session when the router asks.
 */
export function scram(authid: string, password: string | (() => Awaitable<string>)): AuthMethod {
  checkPrincipal('scram', authid, password)
  return { name: 'wamp-scram', aliases: ['scram'], begin: () => new ScramAttempt(authid, password) }
}

class ScramAttempt implements AuthAttempt {
  readonly wantsProof = 'alone'
  readonly hello: AuthAttempt['hello']
  readonly #authid: string
  readonly #password: string | (() => Awaitable<string>)
  readonly #nonce = base64(crypto.getRandomValues(new Uint8Array(16)))
  #signed: { readonly salted: Uint8Array; readonly facts: ScramFacts } | undefined

  constructor(authid: string, password: string | (() => Awaitable<string>)) {
    this.#authid = authid
    this.#password = password
    this.hello = { authid, authextra: { nonce: this.#nonce, channel_binding: null } }
  }

  async answer(extra: Dict, method: string): Promise<AuthAnswer> {
    const dialect: ScramDialect = method === 'scram' ? 'scram' : 'wamp-scram'
    const { nonce, salt, kdf, iterations, memory } = extra
    // RFC 5802 §5.1: otherwise an answer to another client could be used
    if (typeof nonce !== 'string' || !nonce.startsWith(this.#nonce) || nonce === this.#nonce) {
      throw new ChallengeRefused('the nonce of scram must begin with that of the client, and be longer')
    }
    if (typeof salt !== 'string') throw new ChallengeRefused('the salt of scram is not a text')
    const derivation = {
      kdf: kdf === 'argon2id-13' ? 'argon2id13' : (kdf as 'pbkdf2' | 'argon2id13'),
      salt,
      iterations: iterations as number,
      ...(typeof memory === 'number' && { memory }),
    }
    const salted = await saltedPassword(await secretOf('scram', this.#password), derivation, dialect)
    const authid = await saslPrepared(this.#authid)
    const facts = { dialect, authid, clientNonce: this.#nonce, serverNonce: nonce, salt, iterations: iterations as number }
    this.#signed = { salted, facts }
    return { signature: scramProof(salted, facts), extra: { nonce, channel_binding: null, cbind_data: null } }
  }

  verifyWelcome({ authextra }: WelcomeDetails): void {
    const verifier = authextra?.verifier ?? authextra?.scram_server_signature
    const { salted, facts } = this.#signed!
    if (typeof verifier === 'string' && isScramVerifier(salted, facts, verifier)) return
    throw new ChallengeRefused('the router has not proved that it knows the user')
  }
}
