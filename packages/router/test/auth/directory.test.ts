import { describe, expect, it } from 'vitest'
import type { TicketUser } from '../../src/auth/auth-options.ts'
import { credentialOf, Directory } from '../../src/auth/directory.ts'
import { cryptosignFields, knownFields, ticketFields } from '../../src/auth/user-fields.ts'
import { joinRequest } from '../fixtures/join-requests.ts'

describe('a directory', () => {
  it('finds users by name, and no properties of objects', async () => {
    const directory = new Directory('ticket', { users: { joe: { role: 'user' } } }, knownFields)
    expect(await directory.find(joinRequest(), 'joe')).toEqual({ role: 'user' })
    for (const name of ['toString', '__proto__', 'constructor']) expect(await directory.find(joinRequest(), name)).toBeUndefined()
    expect(directory.provider).toBe('static')
  })

  it('asks a function, and hands on what it throws as a rejection', async () => {
    const find = () => {
      throw new Error('no database')
    }
    const failing = new Directory('ticket', { find }, knownFields)
    await expect(failing.find(joinRequest(), 'joe')).rejects.toThrow('no database')
    expect(failing.provider).toBe('dynamic')
  })

  it('takes nothing and null for nobody, and rejects with what else was found that is not a user', async () => {
    for (const nobody of [undefined, null]) expect(await finding(nobody).find(joinRequest(), 'joe')).toBeUndefined()
    const row = { role: 'user', ticket: 'secret', city: 'Ulm' }
    expect(await finding(row).find(joinRequest(), 'joe')).toBe(row)
    for (const wrong of [false, true, {}, { role: 'user' }, { role: 'user', ticket: '' }])
      await expect(finding(wrong).find(joinRequest(), 'joe')).rejects.toThrow('the user that find of ticket has found')
  })

  it('refuses lists of users that are not right, and needs either users or find', () => {
    for (const [users, message] of [
      [{ users: { joe: { role: 'user', tiket: 'secret' } } }, 'ticket of the user "joe" of ticket must be a string that is not empty'],
      [
        { users: { joe: { role: 'user', ticket: 'secret', rol: 'x' } } },
        'there is no option rol of the user "joe" of ticket; did you mean role?',
      ],
      [{ users: 'joe' }, 'users of ticket must be an object with users by name, and not "joe"'],
      [{ find: 'joe' }, 'find of ticket must be a function, and not "joe"'],
      [{}, 'ticket needs either users, or find'],
      [{ users: {}, find: () => undefined }, 'ticket needs either users, or find'],
    ] as const)
      expect(() => new Directory('ticket', users as never, ticketFields)).toThrow(message)
  })

  it.each<[string, Record<string, TicketUser>, boolean]>([
    ['is the same', { joe: { ticket: 's', role: 'user' } }, true],
    ['is told other facts', { joe: { role: 'user', ticket: 's', extra: { seat: 4 } } }, true],
    ['has another secret', { joe: { ticket: 'x', role: 'user' } }, false],
    ['has another role', { joe: { ticket: 's', role: 'admin' } }, false],
    ['is gone', { jim: { ticket: 's', role: 'user' } }, false],
  ])('knows after a reload whether a user %s', (_, users, isKnown) => {
    const joe = { ticket: 's', role: 'user' }
    const principal = new Directory('ticket', { users: { joe } }, ticketFields).principal('joe', joe)
    expect(new Directory('ticket', { users }, ticketFields).knows(principal)).toBe(isKnown)
  })

  it('knows nobody who has joined without a credential, and everybody where a function finds users', () => {
    const stranger = { authid: 'joe', authrole: 'user' }
    expect(new Directory('ticket', { users: { joe: { ticket: 's', role: 'user' } } }, ticketFields).knows(stranger)).toBe(false)
    expect(finding(undefined).knows(stranger)).toBe(true)
  })

  it('makes a principal again by the hash of a credential that the user still has', () => {
    const [a, b] = ['a'.repeat(64), 'b'.repeat(64)]
    const joe = { authorizedKeys: [a, b], role: 'user' }
    const directory = new Directory('cryptosign', { users: { joe } }, cryptosignFields, ({ authorizedKeys }) =>
      authorizedKeys.map(key => ({ key })),
    )
    const hash = credentialOf(directory.principal('joe', joe, { credential: { key: b } }))
    expect(directory.principalAgain('joe', joe, hash)).toMatchObject({ authid: 'joe', authrole: 'user' })
    expect(directory.principalAgain('joe', { ...joe, authorizedKeys: [a] }, hash)).toBeUndefined()
    expect(directory.principalAgain('joe', joe, undefined)).toBeUndefined()
  })
})

function finding(found: unknown) {
  return new Directory('ticket', { find: () => found as never }, ticketFields)
}
