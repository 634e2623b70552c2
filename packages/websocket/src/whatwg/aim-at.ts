import type { WebSocketClientFactory } from '../application/client-factory.ts'
import { ApiMisuse, HandshakeFailed } from '../protocol/faults/errors.ts'

/**
 * Has a factory connect to a URL of the platform, with the user name and the password that it may have.
 *
 * Throws `HandshakeFailed` for a URL that the platform takes and that no server has, such as one with the port 0: that is not a mistake in the arguments,
 * so the connection fails later.
 */
export function aimAt(factory: WebSocketClientFactory, url: URL): void {
  try {
    // the platform leaves a backslash in a query as it is, and a request must not have one
    factory.setSessionParameters({ url: url.href.replaceAll('\\', '%5C'), ...(hasCredentials(url) && { auth: 'url' }) })
  } catch (cause) {
    if (cause instanceof ApiMisuse) throw new HandshakeFailed(cause.message, undefined, { cause })
    throw cause
  }
}

function hasCredentials({ username, password }: URL): boolean {
  return username !== '' || password !== ''
}
