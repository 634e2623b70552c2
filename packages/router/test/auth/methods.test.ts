import { ApiMisuse } from '@autobahn-ts/websocket/portable'
import { describe, expect, it } from 'vitest'
import type { AuthOptions } from '../../src/auth/auth-options.ts'
import { methodsOf } from '../../src/auth/methods.ts'
import { authWorld } from '../fixtures/join-requests.ts'

describe('the methods of a realm', () => {
  it('are those that its options name, under the names of the standard', () => {
    const users = { users: {} }
    const options: AuthOptions = {
      anonymous: { role: 'guest' },
      ticket: users,
      wampcra: users,
      scram: users,
      cryptosign: users,
      tls: users,
    }
    const methods = methodsOf(options, authWorld())
    expect([...methods.keys()]).toEqual(['anonymous', 'ticket', 'wampcra', 'wamp-scram', 'scram', 'cryptosign', 'tls'])
    for (const [name, method] of methods) expect(method.name).toBe(name)
    expect([...methodsOf({}, authWorld()).keys()]).toEqual([])
  })

  it('do not include one that does not exist', () => {
    expect(() => methodsOf({ tickets: { users: {} } } as AuthOptions, authWorld())).toThrow(ApiMisuse)
  })
})
