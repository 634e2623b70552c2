import { describe, expect, it } from 'vitest'
import { realmOptionsOf } from '../../src/program/realm-options.ts'

const never = async (): Promise<unknown> => {
  throw new Error('no procedure is called')
}

describe('the options of a realm', () => {
  it('are those of its config', () => {
    const options = realmOptionsOf(
      {
        auth: { anonymous: { role: 'guest' }, ticket: { users: { joe: { ticket: 't', role: 'user' } } }, cookie: { maxAge: 60 } },
        maxSessions: 5,
        holdPublishers: true,
        resumption: { seconds: 30 },
        history: [{ topic: 'com.a' }, { topic: 'com.b', limit: 5 }, { topic: 'com.c', count: 6 }],
      },
      never,
      () => 0,
    )
    expect(options).toEqual({
      auth: { anonymous: { role: 'guest' }, ticket: { users: { joe: { ticket: 't', role: 'user' } } }, cookie: { maxAge: 60 } },
      maxSessions: 5,
      holdPublishers: true,
      resumption: { seconds: 30 },
      history: [
        { topic: 'com.a', match: undefined, limit: 100 },
        { topic: 'com.b', match: undefined, limit: 5 },
        { topic: 'com.c', match: undefined, limit: 6 },
      ],
    })
    expect(realmOptionsOf({}, never, () => 0)).toEqual({})
    const roles = {
      site: { link: true },
      user: { link: false, trustLevel: 2 },
      guest: { trustLevel: 0 },
      service: { trustedPayloads: true },
    }
    expect(realmOptionsOf({ roles }, never, () => 0)).toMatchObject({
      linkRoles: ['site'],
      trustedRoles: ['service'],
      trustLevels: { user: 2, guest: 0 },
    })
  })
})
