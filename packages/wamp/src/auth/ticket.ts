import { ApiMisuse, type Awaitable, shownValue } from '@autobahn-ts/websocket/portable'
import type { AuthMethod } from './auth-method.ts'

/**
 * Authenticates with a secret that is sent as it is: a password or a token. Use it over TLS.
 *
 * `secret` may be a function, which is called for each session when the router asks: the place for a token that expires.
 */
export function ticket(authid: string, secret: string | (() => Awaitable<string>)): AuthMethod {
  if (typeof authid !== 'string') throw new ApiMisuse(`the authid of ticket must be a string, and not ${shownValue(authid)}`)
  if (typeof secret !== 'string' && typeof secret !== 'function') {
    throw new ApiMisuse('the secret of ticket must be a string, or a function that returns it')
  }
  const answer = async (): Promise<{ signature: string }> => {
    const signature = typeof secret === 'function' ? await secret() : secret
    // the value is not shown, because it may be a secret
    if (typeof signature !== 'string') throw new ApiMisuse(`the secret of ticket must be a string, and not of the type ${typeof signature}`)
    return { signature }
  }
  return { name: 'ticket', begin: () => ({ hello: { authid }, answer }) }
}
