import { authenticate } from '../auth/authenticate.ts'
import { WampClientProtocol } from './client-protocol.ts'

/** The client's end of a connection on which it can authenticate by challenge and response. */
export abstract class WampCraClientProtocol extends WampClientProtocol {
  /**
   * Authenticates; without a key, as an anonymous client. Resolves with the permissions; rejects with the `RpcError` of the server.
   *
   * The secret is never sent. A key is derived from it if the challenge has a salt. The server's `getAuthPermissions` receives `authExtra`.
   */
  authenticate<Permissions = unknown>(authKey?: string | null, authExtra?: object | null, authSecret?: string): Promise<Permissions> {
    return authenticate(this, authKey, authExtra, authSecret) as Promise<Permissions>
  }
}
