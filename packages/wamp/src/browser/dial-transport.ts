import { type ConnectOptions, connectWS, WebSocketClientFactory } from '@autobahn-ts/websocket/browser'
import { ApiMisuse, shownValue } from '@autobahn-ts/websocket/portable'
import type { Serializer } from '../serializers/serializer.ts'
import type { MessageTransport } from '../transports/message-transport.ts'
import type { ReportError } from '../transports/reception.ts'
import { checkedSerializers, type SpokenSerializers, subprotocolsOf } from '../transports/subprotocols.ts'
import { resolveTransportOptions, type TransportOptions } from '../transports/transport-settings.ts'
import { TransportPageProtocol } from './transport-page-protocol.ts'

/** Options of dialling a router from a page: what to speak, and the limits of the transport. */
export interface DialOptions extends ConnectOptions, Partial<TransportOptions> {
  /** The serializers to offer, best first. */
  readonly serializers: readonly Serializer[]
  /** Whether to offer the batched forms, for routers that have them. Default: false. */
  readonly batched?: boolean
  /** Takes errors that a listener of the transport has thrown. Default: prints them. */
  readonly onError?: ReportError
}

/**
 * Connects to a router, by the scheme of the URL, and resolves with the transport of a session.
 *
 * - `ws:`, `wss:`, and a URL that is relative to the page, such as `/ws`: WebSocket.
 * - `http:`, `https:`: long-poll. Its code is loaded when it is used.
 *
 * Rejects with `HandshakeFailed` where the router cannot be reached or refuses, with `ApiMisuse` for a URL or options that cannot be used, and
 * with the reason of the signal.
 */
export async function dialTransport(url: string, options: DialOptions): Promise<MessageTransport> {
  if (typeof url !== 'string') throw new ApiMisuse(`a router's URL must be a string, and not ${shownValue(url)}`)
  const settings = dialSettings(options)
  if (!/^https?:/i.test(url)) return dialWebSocket(url, settings)
  const { dialLongPoll } = await import('./dial-longpoll.ts')
  return dialLongPoll(url, settings)
}

/** Options of dialling, complete. */
export interface DialSettings {
  readonly connect: ConnectOptions
  readonly limits: TransportOptions
  readonly spoken: SpokenSerializers
  readonly onError: ReportError | undefined
}

function dialSettings(options: DialOptions): DialSettings {
  if (typeof options !== 'object' || options === null)
    throw new ApiMisuse(`the options of dialTransport must be an object (with serializers), and not ${shownValue(options)}`)
  const { serializers, batched = false, onError, timeout, signal, socketClass, ...limits } = options
  return {
    connect: {
      ...(timeout !== undefined && { timeout }),
      ...(signal !== undefined && { signal }),
      ...(socketClass !== undefined && { socketClass }),
    },
    limits: resolveTransportOptions(limits),
    spoken: { serializers: checkedSerializers(serializers), isBatched: batched },
    onError,
  }
}

async function dialWebSocket(url: string, { connect, limits, spoken, onError }: DialSettings): Promise<MessageTransport> {
  const factory: WebSocketClientFactory<TransportPageProtocol> = new WebSocketClientFactory<TransportPageProtocol>(url, {
    protocols: subprotocolsOf(spoken),
    maxMessagePayloadSize: limits.maxMessageSize,
    closeHandshakeTimeout: limits.closeTimeout,
    sendHighWaterMark: limits.highWaterMark,
    maxUnsentSize: limits.maxUnsentSize,
    build: () => new TransportPageProtocol({ spoken, maxSendSize: limits.maxSendSize, clock: factory.clock, url: factory.url, onError }),
  })
  if (onError !== undefined) factory.onError = onError
  const protocol = await connectWS<TransportPageProtocol>(factory, connect)
  return protocol.messageTransport
}
