import { parts } from '../application/protocol-parts.ts'
import { checkOptions } from '../protocol/checks/check-options.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'
import type { WebSocketClientFactory } from './client-factory.ts'
import { connectOptions } from './connect-options.ts'
import { type ConnectOptions, opened, socketTo } from './opening.ts'
import type { PlatformSocket } from './platform-socket.ts'
import type { WebSocketClientProtocol } from './protocol.ts'

/**
 * Connects and resolves when the connection is open.
 *
 * Rejects with `HandshakeFailed` where it cannot be opened (browsers do not say why), with the signal's reason, and with `ApiMisuse` for anything
 * but a factory and for what the platform refuses, such as `ws:` on a page of `https:`.
 */
export async function connectWS<P extends WebSocketClientProtocol = WebSocketClientProtocol>(
  factory: WebSocketClientFactory & { buildProtocol(): P },
  options: ConnectOptions = {},
): Promise<P> {
  checkOptions<ConnectOptions>(options, connectOptions, 'connectWS')
  // told by its method: the class itself would be bundled for pages that derive another one from it
  if ((factory as Partial<WebSocketClientFactory> | null)?.connectSocket === undefined)
    throw new ApiMisuse(`connectWS takes a client factory, and not ${shownValue(factory)}`)
  const protocol = protocolOn(socketTo(factory.url, factory.protocols, options), factory)
  await opened(protocol[parts].connection, factory.clock, options)
  // the factory has made it with buildProtocol
  return protocol as P
}

/** `buildProtocol` is the application's and may throw; the `WebSocket` must not be left behind then. */
function protocolOn(socket: PlatformSocket, factory: WebSocketClientFactory): WebSocketClientProtocol {
  try {
    return factory.connectSocket(socket)
  } catch (error) {
    socket.close()
    throw error
  }
}
