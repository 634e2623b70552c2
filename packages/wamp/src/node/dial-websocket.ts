import { connectWS, WebSocketClientFactory } from '@autobahn-ts/websocket'
import type { MessageTransport } from '../transports/message-transport.ts'
import { subprotocolsOf } from '../transports/subprotocols.ts'
import { TransportClientProtocol } from '../transports/websocket-client.ts'
import { layerOptions } from '../transports/websocket-layer.ts'
import type { DialSettings } from './dial-options.ts'
import { transportClock } from './transport-clock.ts'

/** Connects to a router by WebSocket. Resolves when the connection is open. */
export async function dialWebSocket(url: string, settings: DialSettings): Promise<MessageTransport> {
  const { spoken, limits, connect, headers, websocket, onError } = settings
  const dialling = { spoken, maxSendSize: limits.maxSendSize, clock: transportClock(connect.clock), onError }
  const factory = new WebSocketClientFactory<TransportClientProtocol>(url, {
    ...layerOptions(limits),
    ...websocket,
    headers,
    protocols: subprotocolsOf(spoken),
    build: () => new TransportClientProtocol(dialling),
  })
  if (onError !== undefined) factory.onError = onError
  const protocol = await connectWS<TransportClientProtocol>(factory, connect)
  return protocol.messageTransport
}
