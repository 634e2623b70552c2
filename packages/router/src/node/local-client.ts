import { type Client, connectOver } from '@autobahn-ts/wamp'
import { type MessageTransport, memoryTransports } from '@autobahn-ts/wamp/protocol'
import { nodeRuntime } from '@autobahn-ts/websocket'
import type { LocalPrincipal } from '../auth/method.ts'
import type { Router } from '../router/router.ts'

/** Options of `localClient`. */
export interface LocalClientOptions {
  readonly realm: string
  /** The name of the session. Default: `local`. */
  readonly authid?: string
  /** The role of the session. Default: `local`. */
  readonly authrole?: string
}

/**
 * Connects the application to a router in its own process. The session proves nothing, and may do everything. Messages are not encoded, so the
 * values that are sent must not be changed afterwards.
 */
export function localClient(router: Router, { realm, authid = 'local', authrole = 'local' }: LocalClientOptions): Promise<Client> {
  return connectOver(() => dialLocally(router, { authid, authrole }), { realm, reconnect: false })
}

/** Returns the client's end of a transport to a router in this process. The session that is opened on it may do everything. */
export function dialLocally(router: Router, principal: LocalPrincipal): MessageTransport {
  const [client, end] = memoryTransports(nodeRuntime.clock)
  router.accept(end, { authprovider: 'local', ...principal })
  return client
}
