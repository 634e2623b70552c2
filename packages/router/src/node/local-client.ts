import { type Client, connectOver } from '@autobahn-ts/wamp'
import { type MessageTransport, memoryTransports } from '@autobahn-ts/wamp/protocol'
import { ApiMisuse, anyValue, checkOptions, nodeRuntime, type OptionChecks, optionCheck } from '@autobahn-ts/websocket'
import { shownValue } from '@autobahn-ts/websocket/portable'
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
 * values that are sent must not be changed afterwards. Rejects with `ApiMisuse` for anything but a router, and for options that do not exist.
 */
export async function localClient(router: Router, options: LocalClientOptions): Promise<Client> {
  checkRouter(router, 'localClient')
  checkOptions<LocalClientOptions>(options ?? null, clientChecks, 'localClient')
  const { realm, authid = 'local', authrole = 'local' } = options
  return connectOver(() => dialLocally(router, { authid, authrole }), { realm, reconnect: false })
}

/** Throws `ApiMisuse` for what is not a router. `where` is the function that was given it. */
export function checkRouter(router: Router, where: string): void {
  if (typeof (router as Partial<Router> | null | undefined)?.accept !== 'function')
    throw new ApiMisuse(`${where} needs a router of createRouter, and not ${shownValue(router)}`)
}

/** Returns the client's end of a transport to a router in this process. The session that is opened on it may do everything. */
export function dialLocally(router: Router, principal: LocalPrincipal): MessageTransport {
  const [client, end] = memoryTransports(nodeRuntime.clock)
  router.accept(end, { authprovider: 'local', ...principal })
  return client
}

const text = optionCheck('a string', value => typeof value === 'string')
/** The realm is checked by the client. */
const clientChecks: OptionChecks<LocalClientOptions> = { realm: anyValue, authid: text, authrole: text }
