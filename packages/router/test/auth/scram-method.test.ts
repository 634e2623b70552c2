import {
  isScramVerifier,
  type ScramDialect,
  type ScramFacts,
  saltedPassword,
  scramCredential,
  scramProof,
} from '@autobahn-ts/wamp/protocol'
import { describe, expect, it } from 'vitest'
import type { ScramUser } from '../../src/auth/auth-options.ts'
import { credentialOf } from '../../src/auth/directory.ts'
import type { Challenge } from '../../src/auth/method.ts'
import { ScramMethod } from '../../src/auth/scram-method.ts'
import { authWorld, challengeOf, joinRequest } from '../fixtures/join-requests.ts'

const derivation = { kdf: 'pbkdf2', salt: 'W22ZaJ0SNY7soEsUEjb6gQ==', iterations: 4096 } as const
const nonce = 'rOprNGfwEbeRWgbNEkqO'

async function joe(dialect: ScramDialect): Promise<ScramUser> {
  return { ...(await scramCredential('pencil', derivation, dialect)), role: 'user' } as ScramUser
}

function factsOf({ extra }: Challenge, dialect: ScramDialect, authid = 'joe'): ScramFacts {
  return {
    dialect,
    authid,
    clientNonce: nonce,
    serverNonce: String(extra.nonce),
    salt: String(extra.salt),
    iterations: Number(extra.iterations),
  }
}

for (const dialect of ['wamp-scram', 'scram'] as const) {
  describe(dialect, () => {
    const begin = async (authid: string) => {
      const method = new ScramMethod(dialect, { users: { joe: await joe(dialect) } }, authWorld())
      return challengeOf(await method.begin(joinRequest({ authid, authextra: { nonce } })))
    }

    it('lets in who knows the password, and proves the router', async () => {
      const challenge = await begin('joe')
      expect(challenge.extra).toMatchObject({ kdf: 'pbkdf2', salt: derivation.salt, iterations: 4096 })
      expect(String(challenge.extra.nonce).startsWith(nonce)).toBe(true)
      const salted = await saltedPassword('pencil', derivation, dialect)
      const facts = factsOf(challenge, dialect)
      const principal = await challenge.answered(scramProof(salted, facts), { nonce: facts.serverNonce })
      expect(principal).toMatchObject({ authid: 'joe', authrole: 'user' })
      const verifier = principal?.authextra?.[dialect === 'scram' ? 'scram_server_signature' : 'verifier']
      expect(isScramVerifier(salted, facts, String(verifier))).toBe(true)
    })

    it('knows a client that it has let in, so that the client can join by its cookie too, until the password is another one', async () => {
      const challenge = await begin('joe')
      const facts = factsOf(challenge, dialect)
      const proof = scramProof(await saltedPassword('pencil', derivation, dialect), facts)
      const principal = (await challenge.answered(proof, { nonce: facts.serverNonce }))!
      const user = await joe(dialect)
      const after = (users: Record<string, ScramUser>) => new ScramMethod(dialect, { users }, authWorld())
      expect([after({ joe: user }).knows(principal), after({ joe: { ...user, storedKey: 'AA==' } }).knows(principal)]).toEqual([
        true,
        false,
      ])
      const again = after({ joe: user }).users.principalAgain('joe', user, credentialOf(principal))
      expect(again).toEqual({ authid: 'joe', authrole: 'user', authprovider: 'static' })
    })

    it('lets nobody in with another password, another nonce, or octets that are not a proof', async () => {
      const challenge = await begin('joe')
      const facts = factsOf(challenge, dialect)
      const right = scramProof(await saltedPassword('pencil', derivation, dialect), facts)
      const wrong = scramProof(await saltedPassword('pen', derivation, dialect), facts)
      expect(await challenge.answered(wrong, { nonce: facts.serverNonce })).toBeUndefined()
      expect(await challenge.answered('', { nonce: facts.serverNonce })).toBeUndefined()
      expect(await challenge.answered(right, { nonce })).toBeUndefined()
    })

    it('challenges a name that does not exist in the same way, with a salt that stays', async () => {
      const method = new ScramMethod(dialect, { users: { joe: await joe(dialect) } }, authWorld())
      const of = async (authid: string) => challengeOf(await method.begin(joinRequest({ authid, authextra: { nonce } })))
      const [known, unknown, again] = [await of('joe'), await of('jim'), await of('jim')]
      expect(Object.keys(unknown.extra)).toEqual(Object.keys(known.extra))
      expect(unknown.extra).toMatchObject({ kdf: 'pbkdf2', iterations: 4096, salt: again.extra.salt })
      const facts = factsOf(unknown, dialect, 'jim')
      const salted = await saltedPassword('pencil', { ...derivation, salt: facts.salt }, dialect)
      expect(await unknown.answered(scramProof(salted, facts), { nonce: facts.serverNonce })).toBeUndefined()
    })
  })
}

describe('SCRAM', () => {
  it('needs a name and a nonce', async () => {
    const method = new ScramMethod('wamp-scram', { users: {} }, authWorld())
    expect(await method.begin(joinRequest({ authextra: { nonce } }))).toBeUndefined()
    for (const wrong of [undefined, 5, '', 'x'.repeat(257)]) {
      expect(await method.begin(joinRequest({ authid: 'joe', authextra: { nonce: wrong } }))).toBeUndefined()
    }
  })

  it('has the spelling of AutobahnPython for Argon2 in its dialect', async () => {
    const user: ScramUser = {
      kdf: 'argon2id13',
      salt: derivation.salt,
      iterations: 2,
      memory: 64,
      storedKey: 'a',
      serverKey: 'b',
      role: 'user',
    }
    for (const [dialect, kdf] of [
      ['scram', 'argon2id-13'],
      ['wamp-scram', 'argon2id13'],
    ] as const) {
      const method = new ScramMethod(dialect, { users: { joe: user } }, authWorld())
      const { extra } = challengeOf(await method.begin(joinRequest({ authid: 'joe', authextra: { nonce } })))
      expect(extra).toMatchObject({ kdf, memory: 64 })
    }
  })

  it('takes the parameters for names that do not exist from its options, where a function finds the users', async () => {
    const options = { find: () => undefined, nobody: { iterations: 10_000 } }
    const method = new ScramMethod('wamp-scram', options, authWorld())
    const { extra } = challengeOf(await method.begin(joinRequest({ authid: 'jim', authextra: { nonce } })))
    expect(extra).toMatchObject({ kdf: 'pbkdf2', iterations: 10_000 })
  })
})
