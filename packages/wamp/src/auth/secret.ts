import { ApiMisuse, type Awaitable, shownValue } from '@autobahn-ts/websocket/portable'

/** Throws `ApiMisuse` for a name that is not a text. */
export function checkName(method: string, authid: unknown): void {
  if (typeof authid !== 'string') throw new ApiMisuse(`the authid of ${method} must be a string, and not ${shownValue(authid)}`)
}

/** Returns the secret. Rejects with `ApiMisuse` for what is not a text, without showing it. */
export async function secretOf(method: string, secret: string | (() => Awaitable<string>)): Promise<string> {
  const value: unknown = typeof secret === 'function' ? await secret() : secret
  if (typeof value !== 'string') throw new ApiMisuse(`the secret of ${method} must be a string, and not of the type ${typeof value}`)
  return value
}
