import { pbkdf2Sync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { ChallengeRefused } from '../../src/auth/challenge-refused.ts'
import { type ScramDerivation, saltedPassword, saslPrepared } from '../../src/auth/scram-key.ts'

const salt = 'W22ZaJ0SNY7soEsUEjb6gQ=='
const pbkdf2: ScramDerivation = { kdf: 'pbkdf2', salt, iterations: 4096 }

describe('saltedPassword', () => {
  it("is PBKDF2 of the password, as Node's", async () => {
    const expected = pbkdf2Sync('pencil', Buffer.from(salt, 'base64'), 4096, 32, 'sha256')
    expect(Buffer.from(await saltedPassword('pencil', pbkdf2, 'wamp-scram'))).toEqual(expected)
  })

  it('is Argon2id of the password, with the octets as the key', async () => {
    // a test of the reference implementation: argon2 somesalt -id -t 2 -k 256 -p 1 -l 32
    const derivation: ScramDerivation = { kdf: 'argon2id13', salt: btoa('somesalt'), iterations: 2, memory: 256 }
    const key = await saltedPassword('password', derivation, 'wamp-scram')
    expect(Buffer.from(key).toString('hex')).toBe('9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe')
    // and in AutobahnPython's dialect the text of it
    const text = await saltedPassword('password', derivation, 'scram')
    expect(Buffer.from(text).toString()).toBe(Buffer.from(key).toString('base64').replace('=', ''))
  })

  it('takes passwords beyond ASCII in the form of SASLprep', async () => {
    expect(await saltedPassword('p\u00adencil', pbkdf2, 'wamp-scram')).toEqual(await saltedPassword('pencil', pbkdf2, 'wamp-scram'))
  })

  for (const [what, derivation] of [
    ['fewer rounds than RFC 7677 allows', { ...pbkdf2, iterations: 4095 }],
    ['rounds that would take for ever', { ...pbkdf2, iterations: 1e12 }],
    ['a salt that is not base64', { ...pbkdf2, salt: '?' }],
    ['another function', { ...pbkdf2, kdf: 'md5' as 'pbkdf2' }],
    ['all memory', { kdf: 'argon2id13', salt, iterations: 1, memory: 2 ** 30 }],
    ['Argon2 without memory', { kdf: 'argon2id13', salt, iterations: 1 }],
    ['much memory many times', { kdf: 'argon2id13', salt, iterations: 1000, memory: 1_048_576 }],
    ['a short salt for Argon2', { kdf: 'argon2id13', salt: 'YQ==', iterations: 1, memory: 8 }],
  ] satisfies [string, ScramDerivation][]) {
    it(`refuses ${what}`, async () => {
      await expect(saltedPassword('pencil', derivation, 'wamp-scram')).rejects.toThrow(ChallengeRefused)
    })
  }
})

describe('saslPrepared', () => {
  // RFC 4013 §3
  for (const [text, prepared] of [
    ['I\u00adX', 'IX'],
    ['user', 'user'],
    ['USER', 'USER'],
    ['\u00aa', 'a'],
    ['\u2168', 'IX'],
  ] as const) {
    it(`turns ${JSON.stringify(text)} into ${prepared}`, async () => {
      expect(await saslPrepared(text)).toBe(prepared)
    })
  }

  for (const text of ['\u0007', '\u0627\u0031']) {
    it(`refuses ${JSON.stringify(text)}, as RFC 4013 §3 does`, async () => {
      await expect(saslPrepared(text)).rejects.toThrow(ChallengeRefused)
    })
  }
})
