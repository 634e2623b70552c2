import { ApiMisuse } from '@autobahn-ts/websocket/portable'
import type { AuthMethod } from './auth-method.ts'

/**
 * Authenticates with the cookie that the browser got when a client of it joined before: no secret is needed. Put it in front of another method, by
 * which the client joins where the router does not know the cookie: `auth: [cookie(), ticket(…)]`.
 *
 * For pages. Programs keep no cookies.
 */
export function cookie(): AuthMethod {
  return { name: 'cookie', begin: () => ({ hello: {}, answer: unasked }) }
}

function unasked(): never {
  throw new ApiMisuse('a router never challenges a client for the method cookie')
}
