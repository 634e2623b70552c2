import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  isScramProof,
  isScramVerifier,
  type ScramFacts,
  scramCredential,
  scramCredentialOfNobody,
  scramProof,
  scramVerifier,
} from '../../src/auth/scram.ts'
import { type ScramDerivation, saltedPassword } from '../../src/auth/scram-key.ts'

/** The example of RFC 7677 §3. */
const derivation: ScramDerivation = { kdf: 'pbkdf2', salt: 'W22ZaJ0SNY7soEsUEjb6gQ==', iterations: 4096 }
const facts: ScramFacts = {
  dialect: 'wamp-scram',
  authid: 'user',
  clientNonce: 'rOprNGfwEbeRWgbNEkqO',
  serverNonce: 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0',
  salt: derivation.salt,
  iterations: derivation.iterations,
}
const proof = 'dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ='
const verifier = '6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4='

describe('SCRAM', () => {
  it('makes the proof and the verifier of RFC 7677 §3', async () => {
    const salted = await saltedPassword('pencil', derivation, 'wamp-scram')
    const credential = await scramCredential('pencil', derivation)
    expect(scramProof(salted, facts)).toBe(proof)
    expect(scramVerifier(credential, facts)).toBe(verifier)
    expect(isScramProof(credential, facts, proof)).toBe(true)
    expect(isScramVerifier(salted, facts, verifier)).toBe(true)
    expect(isScramVerifier(salted, facts, `v=${verifier}`)).toBe(true)
  })

  it('fits both halves, in both dialects, for every name', async () => {
    const salted = await saltedPassword('pencil', derivation, 'wamp-scram')
    const credential = await scramCredential('pencil', derivation)
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('wamp-scram', 'scram'), fc.string(), (authid, dialect, nonce) => {
        const those: ScramFacts = { ...facts, dialect, authid, clientNonce: nonce }
        expect(isScramProof(credential, those, scramProof(salted, those))).toBe(true)
        expect(isScramVerifier(salted, those, scramVerifier(credential, those))).toBe(true)
      }),
    )
  })

  it('signs other texts in the two dialects', async () => {
    const salted = await saltedPassword('pencil', derivation, 'wamp-scram')
    expect(scramProof(salted, { ...facts, dialect: 'scram' })).not.toBe(proof)
  })

  it('cannot be deceived by a comma in a name', async () => {
    const salted = await saltedPassword('pencil', derivation, 'wamp-scram')
    const one = scramProof(salted, { ...facts, authid: 'a,r=b', clientNonce: 'c' })
    const other = scramProof(salted, { ...facts, authid: 'a', clientNonce: 'b,r=c' })
    expect(one).not.toBe(other)
  })

  it('accepts neither the proof of another password nor that of another exchange', async () => {
    const credential = await scramCredential('pencil', derivation)
    const other = await saltedPassword('pen', derivation, 'wamp-scram')
    expect(isScramProof(credential, facts, scramProof(other, facts))).toBe(false)
    expect(isScramProof(credential, { ...facts, serverNonce: `${facts.clientNonce}x` }, proof)).toBe(false)
  })

  for (const wrong of ['', '?', 'dHzb', proof.slice(0, -4), `${proof}AAAA`]) {
    it(`takes ${JSON.stringify(wrong)} for a wrong proof and a wrong verifier, and not for an error`, async () => {
      expect(isScramProof(await scramCredential('pencil', derivation), facts, wrong)).toBe(false)
      expect(isScramVerifier(await saltedPassword('pencil', derivation, 'wamp-scram'), facts, wrong)).toBe(false)
    })
  }

  it('keeps nothing at the router with which somebody could join', async () => {
    const credential = await scramCredential('pencil', derivation)
    const stored = Uint8Array.from(atob(credential.storedKey), letter => letter.charCodeAt(0))
    expect(isScramProof(credential, facts, scramProof(stored, facts))).toBe(false)
  })
})

describe('the credential of a user that does not exist', () => {
  const like = { kdf: 'pbkdf2', iterations: 4096 } as const
  const secret = new Uint8Array(32).fill(7)

  it('has the same salt each time, another for each name and each router, and looks like the others', async () => {
    const nobody = scramCredentialOfNobody(secret, 'nobody', like)
    expect(scramCredentialOfNobody(secret, 'nobody', like)).toEqual(nobody)
    expect(scramCredentialOfNobody(secret, 'somebody', like).salt).not.toBe(nobody.salt)
    expect(scramCredentialOfNobody(new Uint8Array(32), 'nobody', like).salt).not.toBe(nobody.salt)
    expect(Object.keys(nobody).sort()).toEqual(Object.keys(await scramCredential('pencil', derivation)).sort())
    expect(nobody.salt.length).toBe(derivation.salt.length)
  })

  it('fits no proof', async () => {
    const nobody = scramCredentialOfNobody(secret, 'nobody', like)
    const salted = await saltedPassword('pencil', nobody, 'wamp-scram')
    expect(isScramProof(nobody, facts, scramProof(salted, facts))).toBe(false)
  })
})
