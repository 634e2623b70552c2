import type { ConnectionResponse } from '../handshake/connection-request.ts'
import { HandshakeFailed } from '../protocol/faults/errors.ts'

/**
 * Checks that a server has chosen one of the subprotocols, where some were offered. RFC 6455 lets it choose none, and the platform does not (WebSockets
 * Standard, "establish a WebSocket connection"). Throws `HandshakeFailed`.
 */
export function checkAcknowledged({ protocol }: ConnectionResponse, offered: readonly string[]): void {
  if (offered.length > 0 && protocol === '')
    throw new HandshakeFailed(`the server has chosen none of the subprotocols ${offered.join(', ')}`, 101)
}
