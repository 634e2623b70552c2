import { ApiMisuse, type Awaitable, shownValue } from '@autobahn-ts/websocket/portable'

/** Throws `ApiMisuse` for a name that is not a text, and for a secret that is neither one nor a function, without showing it. */
export function checkPrincipal(method: string, authid: unknown, secret: unknown): void {
  if (typeof authid !== 'string') throw new ApiMisuse(`the authid of ${method} must be a string, and not ${shownValue(authid)}`)
  if (typeof secret !== 'string' && typeof secret !== 'function')
    throw new ApiMisuse(`the secret of ${method} must be a string, or a function that returns it, and not of the type ${typeof secret}`)
}

/** Returns the secret. Rejects with `ApiMisuse` for what is not a text, without showing it. */
export async function secretOf(method: string, secret: string | (() => Awaitable<string>)): Promise<string> {
  const value: unknown = typeof secret === 'function' ? await secret() : secret
  if (typeof value !== 'string') throw new ApiMisuse(`the secret of ${method} must be a string, and not of the type ${typeof value}`)
  return value
}
