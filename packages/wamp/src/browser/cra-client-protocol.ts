import { authenticate } from '../v1/auth/authenticate.ts'
import { WampClientProtocol } from './client-protocol.ts'

/** A client's end that can authenticate by challenge and response. */
export abstract class WampCraClientProtocol extends WampClientProtocol {
  /**
   * Authenticates, without a key as an anonymous client. Resolves with the permissions; rejects with the `RpcError` of the server.
   *
   * The secret is salted here where the challenge says so, and never leaves. `authExtra` is for the server's `getAuthPermissions`.
   */
  authenticate<Permissions = unknown>(authKey?: string | null, authExtra?: object | null, authSecret?: string): Promise<Permissions> {
    return authenticate(this, authKey, authExtra, authSecret) as Promise<Permissions>
  }
}
