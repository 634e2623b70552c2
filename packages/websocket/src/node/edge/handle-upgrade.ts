import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { WebSocketServerProtocol } from '../../application/protocol.ts'
import type { WebSocketServerFactory } from '../../application/server-factory.ts'
import { HeaderFields } from '../../handshake/http/header-fields.ts'
import type { RequestHead } from '../../handshake/http/http1-head.ts'
import { anyValue, checkOptions, type OptionChecks } from '../../protocol/checks/check-options.ts'
import type { ObservedRuntime } from '../../protocol/connection/observer.ts'
import { ApiMisuse } from '../../protocol/faults/errors.ts'
import { givenOctets } from '../../protocol/frames/given-octets.ts'
import type { TransportDetails } from '../../protocol/life/transport-details.ts'
import { nodeRuntime } from '../runtime/node-runtime.ts'
import { SocketByteStream } from '../sockets/socket-byte-stream.ts'
import { transportOf } from '../sockets/transport-of.ts'
import { refuseUpgrade } from './refuse-upgrade.ts'

declare module '../../handshake/connection-request.ts' {
  interface RawRequests {
    readonly node: IncomingMessage
  }
}

export interface UpgradeOptions {
  /**
   * A value for the application, such as the session that middleware has found. It is `request.data` in `onConnect`, and `protocol.data`
   * unless `onConnect` returns other data.
   */
  readonly data?: unknown
  /** The ports to time, randomness and text. Default: `nodeRuntime`. */
  readonly runtime?: ObservedRuntime
}

/**
 * Takes one upgrade request of a `node:http` server, with the arguments of its event `upgrade`. The factory answers the request, also when
 * it refuses it.
 *
 * It may be called later than the event, provided that errors of the socket have a listener until then. So middleware of an HTTP framework
 * can come first, and what it finds is passed on as `options.data`. A `Runtime` in place of the options is still accepted.
 *
 * Returns `undefined` where there is no protocol: the client has ended its side or is gone, `buildProtocol` threw, or the client sent so
 * many headers that the HTTP server may have dropped some. Those are answered with 431, because a dropped header could matter. Throws
 * `ApiMisuse` for a socket that was passed before.
 */
export function handleUpgrade<P extends WebSocketServerProtocol = WebSocketServerProtocol>(
  factory: WebSocketServerFactory & { buildProtocol(transport: TransportDetails): P },
  request: IncomingMessage,
  socket: Duplex,
  head: Uint8Array,
  options: UpgradeOptions | ObservedRuntime = {},
): P | undefined {
  const { data, runtime = nodeRuntime } = optionsOf(options)
  if (upgraded.has(socket)) throw new ApiMisuse('the socket of this upgrade request was taken before')
  const first = head === undefined ? undefined : givenOctets(head, 'the head of an upgrade request')
  upgraded.add(socket)
  if (hasGone(socket)) {
    drop(socket)
    return undefined
  }
  if (hasLostHeaders(request)) {
    refuseUpgrade(socket, 431, 'Request Header Fields Too Large')
    return undefined
  }
  const stream = new SocketByteStream(socket, { noDelay: factory.options.tcpNoDelay, first })
  // the factory makes it with buildProtocol
  return factory.acceptStream(stream, transportOf(socket), runtime, headOf(request), { raw: request, data }) as P | undefined
}

function optionsOf(given: UpgradeOptions | ObservedRuntime): UpgradeOptions {
  const isRuntime = typeof given === 'object' && given !== null && 'clock' in given
  if (isRuntime) return { runtime: given }
  checkOptions<UpgradeOptions>(given, upgradeOptions, 'handleUpgrade')
  return given
}

const upgradeOptions: OptionChecks<UpgradeOptions> = { data: anyValue, runtime: anyValue }

/** Tells whether the client has ended its side or the connection. Node emits that once, before there was a listener. */
function hasGone(socket: Duplex): boolean {
  return socket.destroyed || socket.readableEnded || !socket.writable
}

function drop(socket: Duplex): void {
  socket.on('error', () => {})
  socket.destroy()
}

/** Tells whether `handleUpgrade` was called for the socket. */
export function wasTaken(socket: Duplex): boolean {
  return upgraded.has(socket)
}

const upgraded = new WeakSet<Duplex>()

/**
 * Tells whether the HTTP server may have dropped headers. Node 20 silently drops those above the server's `maxHeadersCount`; later versions
 * answer 431 themselves.
 */
function hasLostHeaders({ rawHeaders, socket }: IncomingMessage): boolean {
  const limit = maxHeadersOf(socket)
  return limit > 0 && rawHeaders.length / 2 >= limit
}

function maxHeadersOf({ server }: Socket & { readonly server?: { readonly maxHeadersCount?: unknown } }): number {
  const limit = server?.maxHeadersCount
  return typeof limit === 'number' ? limit : defaultMaxHeaders
}

/** Returns the head of a request as the handshake reads it. */
export function headOf(request: IncomingMessage): RequestHead {
  const headers = new HeaderFields()
  const { rawHeaders } = request
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) headers.append(rawHeaders[i]!, rawHeaders[i + 1]!)
  return { method: request.method ?? '', target: request.url ?? '', httpVersion: request.httpVersion, headers }
}

/** The limit of `node:http` where `maxHeadersCount` is null: documented as 2000 headers, but it counts names and values together. */
const defaultMaxHeaders = 1000
