import type { Awaitable } from '@autobahn-ts/websocket/portable'
import type { AuthMethod } from './auth-method.ts'
import { checkPrincipal, secretOf } from './secret.ts'

/**
 * Authenticates with a secret that is sent as it is: a password or a token. Use it over TLS.
 *
 * `secret` may be a function, which is called for each session when the router asks: the place for a token that expires.
 */
export function ticket(authid: string, secret: string | (() => Awaitable<string>)): AuthMethod {
  checkPrincipal('ticket', authid, secret)
  const answer = async (): Promise<{ signature: string }> => ({ signature: await secretOf('ticket', secret) })
  return { name: 'ticket', begin: () => ({ hello: { authid }, answer }) }
}
