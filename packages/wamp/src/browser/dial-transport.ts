import { browserClock, type ConnectOptions, openPageSocket } from '@autobahn-ts/websocket/browser'
import { ApiMisuse, type Clock, shownValue } from '@autobahn-ts/websocket/portable'
import type { Serializer } from '../serializers/serializer.ts'
import type { MessageTransport } from '../transports/message-transport.ts'
import type { ReportError } from '../transports/reception.ts'
import { type SpokenSerializers, subprotocolsOf } from '../transports/subprotocols.ts'
import { type TransportOptions, transportDefaults } from '../transports/transport-defaults.ts'
import { PageTransport } from './page-transport.ts'

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
 * - `ws:`, `wss:`, and a URL that is relative to the page, such as `/ws`: WebSocket. The code for batches is loaded when they are offered.
 * - `http:`, `https:`: long-poll. Its code is loaded when it is used.
 *
 * Rejects with `HandshakeFailed` where the router cannot be reached or refuses, with `ApiMisuse` for a URL or options that cannot be used, and
 * with the reason of the signal.
 */
export async function dialTransport(url: string, options: DialOptions): Promise<MessageTransport> {
  if (typeof url !== 'string') throw new ApiMisuse(`a router's URL must be a string, and not ${shownValue(url)}`)
  const settings = plainSettings(options) ?? (await import('./dial-checks.ts')).checkedSettings(options)
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

/** Completes the options of a page that sets none but one serializer; `undefined` for others, which `dial-checks` checks and completes. */
function plainSettings(options: DialOptions | undefined): DialSettings | undefined {
  const { serializers, signal, ...rest } = options ?? {}
  if (Object.keys(rest).length > 0 || serializers?.length !== 1 || typeof serializers[0]?.encode !== 'function') return undefined
  return {
    connect: signal === undefined ? {} : { signal },
    limits: transportDefaults,
    spoken: { serializers, isBatched: false },
    onError: undefined,
  }
}

/** Everything that a page's connection is made with. */
export interface PageDialling {
  readonly spoken: SpokenSerializers
  readonly maxSendSize: number
  readonly clock: Clock
  /** The absolute URL of the router. */
  readonly url: string
  readonly onError?: ReportError | undefined
}

async function dialWebSocket(url: string, { connect, limits, spoken, onError }: DialSettings): Promise<MessageTransport> {
  const settings = {
    ...connect,
    maxMessagePayloadSize: limits.maxMessageSize,
    closeHandshakeTimeout: limits.closeTimeout,
    sendHighWaterMark: limits.highWaterMark,
    maxUnsentSize: limits.maxUnsentSize,
  }
  const dialling = { spoken, maxSendSize: limits.maxSendSize, clock: browserClock, onError }
  if (spoken.isBatched) {
    const { PageLink } = await import('./page-link.ts')
    const link = await openPageSocket(url, subprotocolsOf(spoken), settings, url => new PageLink({ ...dialling, url }))
    return link.messageTransport
  }
  return openPageSocket(url, subprotocolsOf(spoken), settings, url => new PageTransport({ ...dialling, url }))
}
