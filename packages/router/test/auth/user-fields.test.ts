import { ApiMisuse } from '@autobahn-ts/websocket/portable'
import { describe, expect, it } from 'vitest'
import {
  certificateFields,
  checkedFields,
  checkUser,
  craFields,
  cryptosignFields,
  knownFields,
  scramFields,
  ticketFields,
  type UserFields,
} from '../../src/auth/user-fields.ts'

const hex = 'ab'.repeat(32)
const scram = { role: 'user', kdf: 'pbkdf2', salt: 'c2FsdA==', iterations: 4096, storedKey: 'a2V5', serverKey: 'a2V5' }
const right: Readonly<Record<string, readonly [fields: UserFields<never>, user: object]>> = {
  'any method': [knownFields, { role: 'user', extra: { shift: 'night' } }],
  ticket: [ticketFields, { role: 'user', ticket: 'secret' }],
  'a check of tickets': [checkedFields, { role: 'user', authid: '' }],
  wampcra: [craFields, { role: 'user', secret: 'secret', salt: 'salt', iterations: 1000, keylen: 32 }],
  scram: [scramFields, scram],
  'scram with Argon2': [scramFields, { ...scram, kdf: 'argon2id13', memory: 512 }],
  cryptosign: [cryptosignFields, { role: 'user', authorizedKeys: [hex, hex.toUpperCase()] }],
  tls: [certificateFields, { role: 'user', fingerprint: hex.replace(/..(?=.)/g, '$&:') }],
} as never

describe('a user', () => {
  for (const [method, [fields, user]] of Object.entries(right)) {
    it(`of ${method} is right with these fields, and with others only where they are allowed`, () => {
      expect(() => checkUser(user, fields, 'joe', false)).not.toThrow()
      expect(() => checkUser({ ...user, city: 'Ulm' }, fields, 'joe', true)).not.toThrow()
      expect(() => checkUser({ ...user, roles: 1 }, fields, 'joe', false)).toThrow(/^there is no option roles of joe; did you mean role\?$/)
    })
  }

  for (const [what, fields, user, message] of [
    ['without a role', knownFields, {}, 'role of joe must be a string that is not empty, and not undefined'],
    [
      'with an empty ticket',
      ticketFields,
      { role: 'user', ticket: '' },
      'ticket of joe must be a string that is not empty, and not an empty string',
    ],
    [
      'with a ticket of null',
      ticketFields,
      { role: 'user', ticket: null },
      'ticket of joe must be a string that is not empty, and not null',
    ],
    ['with a number for a ticket', ticketFields, { role: 'user', ticket: 4711 }, /and not a value of the type number$/],
    ['without a secret', craFields, { role: 'user' }, /^secret of joe must be/],
    ['with no rounds', craFields, { role: 'user', secret: 's', iterations: 0 }, /^iterations of joe must be a whole number from 1/],
    ['of SCRAM without a stored key', scramFields, { ...scram, storedKey: undefined }, /^storedKey of joe must be/],
    ['of SCRAM with another derivation', scramFields, { ...scram, kdf: 'scrypt' }, /^kdf of joe must be 'pbkdf2' or 'argon2id13'/],
    [
      'with a key that is not one',
      cryptosignFields,
      { role: 'user', authorizedKeys: ['ab'] },
      /^authorizedKeys of joe must be a list of public keys/,
    ],
    ['with a text for its keys', cryptosignFields, { role: 'user', authorizedKeys: hex }, /^authorizedKeys of joe/],
    ['with an empty fingerprint', certificateFields, { role: 'user', fingerprint: '' }, /^fingerprint of joe must be a SHA-256/],
    ['with a list of facts', knownFields, { role: 'user', extra: [] }, 'extra of joe must be an object, and not a list'],
  ] as const) {
    it(`${what} is refused by a sentence that names the field`, () => {
      expect(() => checkUser(user, fields as UserFields<never>, 'joe', true)).toThrow(message)
      expect(() => checkUser(user, fields as UserFields<never>, 'joe', true)).toThrow(ApiMisuse)
    })
  }

  it('that is not an object is refused by a sentence that says what it needs', () => {
    for (const value of [false, true, 'joe', 7, null]) expect(() => checkUser(value, ticketFields, 'joe', true)).toThrow(ApiMisuse)
    expect(() => checkUser(false, ticketFields, 'joe', true)).toThrow(
      'joe must be an object with role and ticket, and not a value of the type boolean',
    )
  })

  it('keeps its secret out of every error', () => {
    const secret = 'do-not-tell'
    for (const user of [
      { role: '', ticket: secret },
      { role: 'user', ticket: [secret] },
      { role: 'user', ticket: { secret } },
    ]) {
      let message = ''
      try {
        checkUser(user, ticketFields, 'joe', true)
      } catch (error) {
        message = String(error)
      }
      expect(message).not.toBe('')
      expect(message).not.toContain(secret)
    }
  })
})
