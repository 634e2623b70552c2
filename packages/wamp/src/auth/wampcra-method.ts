import type { Awaitable } from '@autobahn-ts/websocket/portable'
import type { AuthMethod } from './auth-method.ts'
import { checkPrincipal, secretOf } from './secret.ts'
import { craSignature } from './wampcra.ts'

/**
 * Authenticates by WAMP-CRA: the secret signs a challenge and does not leave this side. Salted secrets work without further options.
 *
 * `secret` may be a function, which is called for each session when the router asks.
 */
export function wampcra(authid: string, secret: string | (() => Awaitable<string>)): AuthMethod {
  checkPrincipal('wampcra', authid, secret)
  return {
    name: 'wampcra',
    begin: () => ({
      hello: { authid },
      answer: async extra => ({ signature: await craSignature(await secretOf('wampcra', secret), extra) }),
    }),
  }
}
