import type { Awaitable } from '../bytes/awaitable.ts'
import type { ByteStream } from '../bytes/byte-stream.ts'
import type { Octets } from '../bytes/octets.ts'
import type { ConnectionAccept, ConnectionRequest } from '../handshake/connection-request.ts'
import { checkedValue, lastingHeaders } from '../handshake/http/header-fields.ts'
import { type HeadersInput, HttpException } from '../handshake/http/http-exception.ts'
import type { RequestHead } from '../handshake/http/http1-head.ts'
import { parseWsUrl, type WsUrl } from '../handshake/http/url.ts'
import { checkAcceptHeaders } from '../handshake/response.ts'
import { type ServerDecision, ServerHandshake, type ServerSession } from '../handshake/server-handshake.ts'
import { anyValue, checkOptions, type OptionChecks } from '../protocol/checks/check-options.ts'
import type { Role } from '../protocol/connection/connection-parts.ts'
import type { ObservedRuntime } from '../protocol/connection/observer.ts'
import { PreparedFrame } from '../protocol/extending/prepared-frame.ts'
import { asError } from '../protocol/faults/as-error.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import type { TransportDetails } from '../protocol/life/transport-details.ts'
import { defaultsOf, resolveOptions } from '../protocol/options/option-table.ts'
import { type ServerOptions, serverOptions } from '../protocol/options/options.ts'
import { PreparedMessage } from '../protocol/sending/prepared-message.ts'
import { type BroadcastOptions, type BroadcastResult, broadcast, offerTo } from './broadcast.ts'
import { CompressingOptions, type ServerProtocolOptions, serverExtensions } from './compression-hooks.ts'
import { checkedProtocol, WebSocketFactory } from './factory.ts'
import { dividedOptions } from './factory-options.ts'
import { WebSocketProtocol, WebSocketServerProtocol } from './protocol.ts'
import { attach, isConnected, parts } from './protocol-parts.ts'
import { checkedSubprotocols } from './subprotocols.ts'

/** What a server says of itself in handshakes. */
export interface ServerSessionParameters {
  /** `ws:` or `wss:` URL to listen at; may have a path. Without it, `listenWS` is told where. */
  readonly url: string | undefined
  /** Subprotocols spoken here, for the default `onConnect`. */
  readonly protocols: readonly string[]
  /** The `Server` header; `undefined` or empty sends none. */
  readonly server: string | undefined
  /** More headers for every response that accepts. */
  readonly headers: HeadersInput
  /** The port that clients know, where it is not the one that is listened at: behind a proxy. `Host` has to name it then. */
  readonly externalPort: number | undefined
}

/** Everything a server factory can be made with: the class of its protocols, session parameters and protocol options. */
export interface ServerFactoryOptions extends Partial<ServerSessionParameters>, ServerProtocolOptions {
  readonly protocol?: new () => WebSocketServerProtocol
}

const serverSessionChecks: OptionChecks<ServerSessionParameters> = {
  url: anyValue,
  protocols: anyValue,
  server: anyValue,
  headers: anyValue,
  externalPort: anyValue,
}

/** The names of `ServerFactoryOptions`; values are checked by the setters. */
export const serverFactoryOptions: OptionChecks<ServerFactoryOptions> = {
  protocol: anyValue,
  ...serverSessionChecks,
  ...serverOptions,
}

/** Makes the server's protocols, and knows its connections. */
export class WebSocketServerFactory extends WebSocketFactory {
  /** The class that `buildProtocol` makes protocols of. */
  protocol: (new () => WebSocketServerProtocol) | undefined
  #session: ServerSessionParameters = defaultSession
  #handshakeSession: ServerSession = { ...defaultSession, isSecure: undefined }
  #options: ServerOptions = defaultsOf(serverOptions)
  #url: WsUrl | undefined
  readonly #compressing = new CompressingOptions(serverExtensions)
  readonly #all = new Set<WebSocketServerProtocol>()
  readonly #open = new Set<WebSocketServerProtocol>()
  readonly #decisions: Decisions = { open: this.#open, report: (error, protocol) => this.report(error, protocol) }
  /** Above `maxConnections`, until their 503 has gone out. */
  readonly #refused = new Set<WebSocketServerProtocol>()

  constructor(url?: string, options: ServerFactoryOptions = {}) {
    super()
    checkOptions<ServerFactoryOptions>(options, serverFactoryOptions, 'a server factory')
    const { protocol, ...given } = options
    const divided = dividedOptions<ServerSessionParameters, ServerOptions>(given, defaultSession)
    if (protocol !== undefined) this.protocol = protocol
    this.setSessionParameters({ ...divided.session, ...(url !== undefined && { url }) })
    this.setProtocolOptions(divided.options as ServerProtocolOptions)
  }

  get options(): ServerOptions {
    return this.#options
  }

  get url(): string | undefined {
    return this.#session.url
  }

  get host(): string | undefined {
    return this.#url?.host
  }

  get port(): number | undefined {
    return this.#url?.port
  }

  get isSecure(): boolean {
    return this.#url?.isSecure ?? false
  }

  /** Path of the Unix socket to listen at, of a `ws+unix:` URL. */
  get socketPath(): string | undefined {
    return this.#url?.socketPath
  }

  get protocols(): readonly string[] {
    return this.#session.protocols
  }

  /** Connections, those still in the handshake included. */
  get connectionCount(): number {
    return this.#all.size
  }

  /** Connections that are open or closing. */
  get connections(): ReadonlySet<WebSocketServerProtocol> {
    return this.#open
  }

  /** Connections of every state, also those still in the handshake. */
  get allConnections(): ReadonlySet<WebSocketServerProtocol> {
    return this.#all
  }

  /** Changes what is given and leaves the rest as it is; `undefined` sets a parameter to nothing. For new connections. */
  setSessionParameters(parameters: Partial<ServerSessionParameters>): void {
    checkOptions<ServerSessionParameters>(parameters, serverSessionChecks, 'setSessionParameters')
    const given = { ...this.#session, ...parameters }
    const session = { ...given, protocols: checkedSubprotocols(given.protocols), headers: lastingHeaders(given.headers ?? []) }
    const url = session.url === undefined ? undefined : parseWsUrl(session.url)
    if (url?.resource.includes('?')) throw new ApiMisuse(`a server's URL has no query: ${session.url}`)
    checkAcceptHeaders(session.headers)
    if (session.server !== undefined) checkedValue('Server', session.server)
    if (session.externalPort !== undefined) checkPort(session.externalPort)
    this.#session = session
    this.#url = url
    this.#handshakeSession = { ...session, isSecure: url?.isSecure || undefined }
  }

  override setProtocolOptions(options: ServerProtocolOptions): void {
    this.#options = resolveOptions(serverOptions, this.#options, options as Partial<ServerOptions>)
  }

  override resetProtocolOptions(): void {
    this.#options = defaultsOf(serverOptions)
  }

  /** Makes the protocol of one connection; override it to hand something to each. */
  buildProtocol(_transport: TransportDetails): WebSocketServerProtocol {
    if (this.protocol === undefined) throw new ApiMisuse(noProtocol)
    return new this.protocol()
  }

  /**
   * Sends to all open connections, or to those given. The message is framed once, and compressed once for each set of parameters that was
   * negotiated.
   *
   * For a connection whose peer reads slowly the message waits, up to its `maxUnsentSize`; with `slow: 'skip'` it misses the message. Returns
   * how many it was sent to, and who was skipped: too slow, closing, or in the middle of sending another message. The message is handed to all
   * connections at once, in their order among what is sent to each; the system calls follow at the end of the turn, in slices between which
   * other events are handled.
   *
   * A `PreparedFrame` goes to connections on which an extension claims its opcode and its reserved bits, also between the frames of another
   * message; all others are skipped.
   */
  broadcast(
    message: PreparedMessage | PreparedFrame | Octets | string,
    options: BroadcastOptions<WebSocketServerProtocol> = {},
  ): BroadcastResult<WebSocketServerProtocol> {
    const prepared = PreparedMessage.is(message) || PreparedFrame.is(message) ? message : this.prepareMessage(message)
    return broadcast(this.#open, options, WebSocketProtocol[isConnected], (protocol, evenSlow) => offerTo(protocol, prepared, evenSlow))
  }

  /**
   * Takes a transport that a client has opened: what `listenWS` and `attachWS` call.
   *
   * `head`: the request, where an HTTP server has read it already; else it is read from the stream. Never throws: where `buildProtocol`
   * does, and above `maxConnections` when too many are being refused already, the transport is dropped and nothing is returned.
   */
  acceptStream(
    stream: ByteStream,
    transport: TransportDetails,
    runtime: ObservedRuntime,
    head?: RequestHead,
  ): WebSocketServerProtocol | undefined {
    try {
      if (this.#isFull && this.#refused.size >= refusedAtOnce) {
        dropUnheard(stream)
        return undefined
      }
      const protocol = checkedProtocol(this.buildProtocol(transport), WebSocketServerProtocol)
      this.#accept(protocol, stream, transport, runtime, head)
      return protocol
    } catch (error) {
      this.report(asError(error), undefined, runtime.observe?.()?.observer)
      dropUnheard(stream)
      return undefined
    }
  }

  protected override get connectionRole(): Role {
    const { maskServerFrames, requireMaskedClientFrames, failLingerTimeout } = this.#options
    return {
      isServer: true,
      masks: maskServerFrames,
      peerMasks: requireMaskedClientFrames ? true : undefined,
      dropTimeout: failLingerTimeout,
    }
  }

  protected override connectionGone(protocol: WebSocketServerProtocol): void {
    this.#all.delete(protocol)
    this.#refused.delete(protocol)
    this.#open.delete(protocol)
  }

  get #isFull(): boolean {
    const { maxConnections } = this.#options
    return maxConnections > 0 && this.#all.size >= maxConnections
  }

  #accept(
    protocol: WebSocketServerProtocol,
    stream: ByteStream,
    transport: TransportDetails,
    runtime: ObservedRuntime,
    head: RequestHead | undefined,
  ): void {
    const options = this.#options
    const isFull = this.#isFull
    const place = isFull ? this.#refused : this.#all
    const connection = this.connectionFor(protocol, stream, transport, runtime)
    const handshake = new ServerHandshake({
      connection,
      runtime,
      transport,
      options: this.#compressing.from(this.#options, runtime),
      session: this.#handshakeSession,
      decision: new ProtocolDecision(protocol, this.#decisions),
    })
    place.add(protocol)
    if (head !== undefined) handshake.headWasRead()
    connection.start(handshake)
    if (isFull) handshake.refuse(new HttpException(503, `this server has its ${options.maxConnections} connections`))
    else if (head !== undefined) handshake.headReceived(head)
  }
}

/** The factory's side of all its opening handshakes. */
interface Decisions {
  /** Protocols whose connection is open or closing. */
  readonly open: Set<WebSocketServerProtocol>
  readonly report: (error: Error, protocol: WebSocketServerProtocol) => void
}

/** One protocol in its opening handshake. A class, since four functions for each connection weigh five times as much. */
class ProtocolDecision implements ServerDecision {
  readonly #protocol: WebSocketServerProtocol
  readonly #factory: Decisions

  constructor(protocol: WebSocketServerProtocol, factory: Decisions) {
    this.#protocol = protocol
    this.#factory = factory
  }

  requested(request: ConnectionRequest): void {
    const protocol = this.#protocol
    protocol.request = request
    if (request.transport !== protocol.transport) protocol[attach]({ ...protocol[parts], transport: request.transport })
  }

  onConnect(request: ConnectionRequest): Awaitable<ConnectionAccept> {
    return this.#protocol.onConnect(request)
  }

  accepted(data: unknown): void {
    this.#protocol.data = data
    this.#factory.open.add(this.#protocol)
  }

  report(error: Error): void {
    this.#factory.report(error, this.#protocol)
  }
}

/** For edges, before they listen: what would fail with every connection is misuse now. */
export function checkServerFactory(factory: WebSocketServerFactory): void {
  if (!(factory instanceof WebSocketServerFactory)) throw new ApiMisuse('a server needs a WebSocketServerFactory')
  if (factory.buildProtocol !== WebSocketServerFactory.prototype.buildProtocol) return
  const { protocol } = factory
  if (protocol === undefined) throw new ApiMisuse(noProtocol)
  const isClass = typeof protocol === 'function' && protocol.prototype instanceof WebSocketServerProtocol
  if (!isClass) throw new ApiMisuse("a server factory's protocol must be a class that extends WebSocketServerProtocol")
}

const noProtocol = 'the factory has no protocol class: set its protocol, or override buildProtocol'

const defaultSession: ServerSessionParameters = {
  url: undefined,
  protocols: [],
  server: 'Autobahn-TS',
  headers: [],
  externalPort: undefined,
}

function checkPort(port: number): void {
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new ApiMisuse(`externalPort must be a port from 1 to 65535, and not ${port}`)
}

function dropUnheard(stream: ByteStream): void {
  stream.start(deaf)
  stream.destroy(true)
}

/** Hears nothing of a stream that is dropped at once. */
const deaf = {
  dataReceived(): void {},
  drained(): void {},
  ended(): void {},
  closed(): void {},
}

/** Above `maxConnections` and this, connections are dropped without an answer: a flood must not cost more than a full house. */
const refusedAtOnce = 100
