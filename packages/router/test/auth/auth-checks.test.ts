import { ApiMisuse } from '@autobahn-ts/websocket/portable'
import { describe, expect, it } from 'vitest'
import { checkAuthOptions } from '../../src/auth/auth-checks.ts'
import type { AuthOptions } from '../../src/auth/auth-options.ts'

const hex = 'ab'.repeat(32)

describe('the options of authentication', () => {
  it('may name every method, with users, a function that finds them, or one that checks tickets', () => {
    const options: AuthOptions = {
      anonymous: { role: 'guest' },
      ticket: { check: () => undefined },
      wampcra: { users: {}, nobody: { iterations: 1000, keylen: 32 } },
      scram: { find: () => undefined, nobody: { kdf: 'argon2id13', iterations: 4, memory: 512 } },
      cryptosign: { users: {}, routerKey: hex },
      tls: { users: {} },
      cookie: { maxAge: 60, secure: true },
    }
    expect(() => checkAuthOptions(options)).not.toThrow()
    expect(() => checkAuthOptions({})).not.toThrow()
  })

  for (const [options, message] of [
    [{ tickets: { users: {} } }, 'there is no option tickets of auth; did you mean ticket?'],
    [{ anonymous: {} }, 'anonymous needs the option role'],
    [{ anonymous: { role: '' } }, 'anonymous needs the option role'],
    [{ anonymous: { rolle: 'guest' } }, 'there is no option rolle of anonymous; did you mean role?'],
    [{ anonymous: true }, 'option anonymous must be an object'],
    [{ ticket: { user: {} } }, 'there is no option user of ticket; did you mean users?'],
    [{ ticket: { find: {} } }, 'option find must be a function'],
    [{ wampcra: { check: () => undefined } }, 'there is no option check of wampcra'],
    [{ scram: { users: {}, nobody: { iteration: 1 } } }, 'there is no option iteration of nobody of scram; did you mean iterations?'],
    [{ wampcra: { users: {}, nobody: { keylen: 0 } } }, 'option keylen must be a whole number from 1'],
    [{ cookie: { secure: 'yes' } }, 'option secure must be true or false'],
    [{ tls: { users: [] } }, 'option users must be an object'],
  ] as const) {
    it(`are refused where they are ${JSON.stringify(options)}`, () => {
      expect(() => checkAuthOptions(options as never)).toThrow(ApiMisuse)
      expect(() => checkAuthOptions(options as never)).toThrow(message)
    })
  }

  it('do not show the private key of the router where it is wrong', () => {
    expect(() => checkAuthOptions({ cryptosign: { users: {}, routerKey: 'almost-a-key' } })).toThrow(
      /^option routerKey of cryptosign must be a private key: 64 letters of hex$/,
    )
  })
})
