import { ApiMisuse } from '@autobahn-ts/websocket/portable'
import { describe, expect, it } from 'vitest'
import { TicketMethod } from '../../src/auth/ticket-method.ts'
import { challengeOf, joinRequest } from '../fixtures/join-requests.ts'

const users = { joe: { ticket: 'secret', role: 'user', extra: { shift: 'night' } } }

describe('a ticket', () => {
  const method = new TicketMethod({ users })
  const answered = (authid: string, ticket: string) => challengeOf(method.begin(joinRequest({ authid }))).answered(ticket, {})

  it('that is right lets its owner in, with the role and the facts that are known', async () => {
    expect(await answered('joe', 'secret')).toEqual({
      authid: 'joe',
      authrole: 'user',
      authprovider: 'static',
      authextra: { shift: 'night' },
    })
  })

  for (const [authid, ticket] of [
    ['joe', ''],
    ['joe', 'secret2'],
    ['joe', 'SECRET'],
    ['jim', 'secret'],
    ['jim', ''],
    ['__proto__', ''],
    ['constructor', 'undefined'],
  ] as const) {
    it(`that is wrong lets nobody in: ${authid} with ${JSON.stringify(ticket)}`, async () => {
      expect(await answered(authid, ticket)).toBeUndefined()
    })
  }

  it('needs a name', () => {
    expect(method.begin(joinRequest())).toBeUndefined()
  })

  it('of a user that a function finds lets in the same way', async () => {
    const dynamic = new TicketMethod({
      find: async ({ realm }, authid) => (realm === 'realm1' && authid === 'joe' ? users.joe : undefined),
    })
    const step = challengeOf(dynamic.begin(joinRequest({ authid: 'joe' })))
    expect(await step.answered('secret', {})).toMatchObject({ authid: 'joe', authprovider: 'dynamic' })
    expect(await challengeOf(dynamic.begin(joinRequest({ authid: 'jim' }))).answered('secret', {})).toBeUndefined()
  })

  it('may be checked by a function, which says who it belongs to', async () => {
    const checked = new TicketMethod({ check: (_, ticket) => (ticket === 'token of ann' ? { authid: 'ann', role: 'user' } : undefined) })
    const step = challengeOf(checked.begin(joinRequest()))
    expect(await step.answered('token of ann', {})).toEqual({ authid: 'ann', authrole: 'user', authprovider: 'dynamic' })
    expect(await step.answered('token', {})).toBeUndefined()
  })

  it('of a user without one, or with an empty one, lets nobody in', async () => {
    for (const user of [{ role: 'user' }, { role: 'user', ticket: '' }, {}, false]) {
      const method = new TicketMethod({ find: () => user as never })
      await expect(challengeOf(method.begin(joinRequest({ authid: 'joe' }))).answered('', {})).rejects.toThrow(ApiMisuse)
    }
  })

  it('is either known or checked, and not both', () => {
    expect(() => new TicketMethod({ users, check: () => undefined } as never)).toThrow('ticket needs one of users, find and check')
  })
})
