import type { IncomingMessage } from 'node:http'
import { checkPage as checkPageOf, type PageRules } from '../../handshake/request.ts'
import type { TransportDetails } from '../../protocol/life/transport-details.ts'
import { transportOf } from '../sockets/transport-of.ts'
import { headOf } from './handle-upgrade.ts'

/**
 * Checks whether the page that has sent a request to a server of `node:http` may use it, by the rules for WebSocket connections: the options
 * `allowedOrigins`, `allowNullOrigin` and `allowedHosts`. A request without `Origin` does not come from a page of another origin that could read
 * the answer, and is allowed.
 *
 * Returns the details of the transport, whose peer is the client, also behind trusted proxies. Throws an `HttpException` to answer with.
 */
export function checkPage(request: IncomingMessage, rules: PageRules): TransportDetails {
  return checkPageOf(headOf(request), transportOf(request.socket), rules)
}
