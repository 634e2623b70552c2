import { describe, expect, it } from 'vitest'
import { doubtsAbout } from '../../src/config/doubts.ts'
import { readConfig } from '../../src/config/read-config.ts'

function doubts(text: string): string[] {
  return doubtsAbout(readConfig(text, 'a.yaml'), text, 'a.yaml').map(({ line, column, message }) => `${line}:${column}: ${message}`)
}

const roles = '    roles:\n      user: {}\n'

describe('what a config probably does not mean', () => {
  it('is a role of a user that the realm does not have', () => {
    expect(doubts(`realms:\n  r:\n    auth: { ticket: { users: { joe: { ticket: a, role: usr } } } }\n${roles}`)).toEqual([
      '3:50: realms.r.auth.ticket.users.joe.role is "usr", which is not among the roles of the realm and may do nothing; did you mean user?',
    ])
  })

  it('is a role of clients without a name that the realm does not have', () => {
    expect(doubts(`realms:\n  r:\n    auth: { anonymous: { role: guest } }\n${roles}`)).toEqual([
      '3:26: realms.r.auth.anonymous.role is "guest", which is not among the roles of the realm and may do nothing',
    ])
  })

  it('is a list of roles where everybody has another one', () => {
    expect(doubts(`realms:\n  r:\n${roles}`)).toEqual([
      '3:5: realms.r.roles has no role anonymous, which is the role of everybody in a realm without auth',
    ])
  })

  it('is a * in the pattern of a permission', () => {
    const text = 'realms:\n  r:\n    roles: { anonymous: { permissions: [{ uri: com.a.*, allow: { call: true } }] } }\n'
    expect(doubts(text)).toEqual([
      '3:43: realms.r.roles.anonymous.permissions[0].uri has a *, which stands for itself; a prefix has match: prefix and no *',
    ])
  })

  it('is nothing in a config whose roles fit', () => {
    expect(doubts('realms: { r: {}, s: { auth: { ticket: { procedure: a.b }, cookie: {} }, roles: { user: {} } } }')).toEqual([])
    expect(doubts(`realms:\n  r:\n    auth: { anonymous: { role: user } }\n${roles}`)).toEqual([])
    expect(doubts('realms: { r: { auth: { anonymous: { role: guest } } } }')).toEqual([])
  })
})
