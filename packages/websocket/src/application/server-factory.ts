import type { Awaitable } from '../bytes/awaitable.ts'
import type { ByteStream } from '../bytes/byte-stream.ts'
import type { Octets } from '../bytes/octets.ts'
import type { ConnectionAccept } from '../handshake/connection-request.ts'
import { checkedValue, lastingHeaders } from '../handshake/http/header-fields.ts'
import { type HeadersInput, HttpException } from '../handshake/http/http-exception.ts'
import type { RequestHead } from '../handshake/http/http1-head.ts'
import { parseWsUrl, type WsUrl } from '../handshake/http/url.ts'
import type { IncomingRequest, UpgradeContext } from '../handshake/incoming-request.ts'
import { checkAcceptHeaders } from '../handshake/response.ts'
import { type ServerDecision, ServerHandshake, type ServerSession } from '../handshake/server-handshake.ts'
import { anyValue, checkOptions, type OptionChecks } from '../protocol/checks/check-options.ts'
import { someFunction } from '../protocol/checks/option-values.ts'
import type { Role } from '../protocol/connection/connection-parts.ts'
import type { ObservedRuntime } from '../protocol/connection/observer.ts'
import { PreparedFrame } from '../protocol/extending/prepared-frame.ts'
import { asError } from '../protocol/faults/as-error.ts'
import { counted } from '../protocol/faults/counted.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'
import type { TransportDetails } from '../protocol/life/transport-details.ts'
import { defaultsOf, resolveOptions } from '../protocol/options/option-table.ts'
import { type ServerOptions, serverOptions } from '../protocol/options/options.ts'
import { PreparedMessage } from '../protocol/sending/prepared-message.ts'
import { type BroadcastOptions, type BroadcastResult, broadcast, offerTo } from './broadcast.ts'
import { CompressingOptions, type ServerProtocolOptions, serverExtensions } from './compression-hooks.ts'
import { checkedProtocol, WebSocketFactory } from './factory.ts'
import { dividedOptions } from './factory-options.ts'
import { WebSocketProtocol, WebSocketServerProtocol } from './protocol.ts'
import { attach, isConnected, keepRequest, ProtocolParts, parts } from './protocol-parts.ts'
import { checkedSubprotocols } from './subprotocols.ts'
import { type ConnectionTotals, Totals } from './totals.ts'

/** The parameters of a server's opening handshakes. */
export interface ServerSessionParameters {
  /** `ws:` or `wss:` URL to listen at; it may have a path. Without it, the options of `listenWS` say where. */
  readonly url: string | undefined
  /** Subprotocols that the server supports, for the default `onConnect`. */
  readonly protocols: readonly string[]
  /** The `Server` header; `undefined` or empty sends none. */
  readonly server: string | undefined
  /** Further headers of every response that accepts a connection. */
  readonly headers: HeadersInput
  /** The port that clients connect to where it differs from the one listened at, as behind a proxy. Their `Host` header must name it. */
  readonly externalPort: number | undefined
}

/**
 * The options of a server factory: the class of its protocols, session parameters, and protocol options. `P` is that class, or the base of
 * the classes.
 */
export interface ServerFactoryOptions<P extends WebSocketServerProtocol = WebSocketServerProtocol>
  extends Partial<ServerSessionParameters>,
    ServerProtocolOptions {
  /** The class of the protocols; its constructor takes nothing. */
  readonly protocol?: new () => P
  /** Makes the protocol object of one connection, in place of `protocol`: `() => new Chat(database)`. */
  readonly build?: (transport: TransportDetails) => P
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
  build: someFunction,
  ...serverSessionChecks,
  ...serverOptions,
}

/** Accepts connections, makes the protocol object of each, and keeps the set of them. `P` is the class of the protocols (decision 83). */
export class WebSocketServerFactory<P extends WebSocketServerProtocol = WebSocketServerProtocol> extends WebSocketFactory {
  /** The class that `buildProtocol` instantiates. */
  protocol: (new () => P) | undefined
  #session: ServerSessionParameters = defaultSession
  #handshakeSession: ServerSession = { ...defaultSession, isSecure: undefined }
  #options: ServerOptions = defaultsOf(serverOptions)
  #url: WsUrl | undefined
  readonly #compressing = new CompressingOptions(serverExtensions)
  readonly #all = new Set<P>()
  readonly #open = new Set<P>()
  readonly #totals = new Totals()
  readonly #decisions: Decisions = { open: this.#open, report: (error, protocol) => this.report(error, protocol) }
  /** Protocols of connections above `maxConnections`, until their response 503 has been sent. */
  readonly #refused = new Set<P>()

  constructor(url?: string, options: ServerFactoryOptions<P> = {}) {
    super()
    checkOptions<ServerFactoryOptions>(options, serverFactoryOptions, 'a server factory')
    const { protocol, build, ...given } = options
    if (protocol !== undefined && build !== undefined) throw new ApiMisuse(bothGiven)
    if (build !== undefined) this.buildProtocol = transport => build(transport)
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

  /** The path of the Unix socket to listen at, from a `ws+unix:` URL. */
  get socketPath(): string | undefined {
    return this.#url?.socketPath
  }

  get protocols(): readonly string[] {
    return this.#session.protocols
  }

  /** The number of connections, including those in the opening handshake. */
  get connectionCount(): number {
    return this.#all.size
  }

  /** The connections that are open or closing. */
  get connections(): ReadonlySet<P> {
    return this.#open
  }

  /** The connections of every state, including those in the opening handshake. */
  get allConnections(): ReadonlySet<P> {
    return this.#all
  }

  /** Counts of the factory's connections since it was made, those that are gone included. Sums the open ones each time that it is asked. */
  get totals(): ConnectionTotals {
    return this.#totals.with(this.#all)
  }

  /** Changes the given parameters for new connections and leaves the others as they are; `undefined` sets a parameter to nothing. */
  setSessionParameters(parameters: Partial<ServerSessionParameters>): void {
    checkOptions<ServerSessionParameters>(parameters, serverSessionChecks, 'setSessionParameters')
    const given = { ...this.#session, ...parameters }
    const session = { ...given, protocols: checkedSubprotocols(given.protocols), headers: lastingHeaders(given.headers ?? []) }
    const url = session.url === undefined ? undefined : parseWsUrl(session.url)
    if (url?.resource.includes('?')) throw new ApiMisuse(`a server's URL must not have a query: ${session.url}`)
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

  /** Makes the protocol object of one connection: by the option `build`, or else of the class `protocol`. May be overridden. */
  buildProtocol(_transport: TransportDetails): P {
    if (this.protocol === undefined) throw new ApiMisuse(noProtocol)
    return new this.protocol()
  }

  /**
   * Sends a message to all open connections, or to those in `options.to`. It is framed once, and compressed once for each set of negotiated
   * parameters.
   *
   * For a connection whose peer reads slowly the message waits, up to its `maxUnsentSize`; with `slow: 'skip'` it is left out. Returns the
   * number of connections that the message was sent to, and the connections that were skipped: too slow, closing, or in the middle of
   * sending another message. All connections take the message before this method returns, and it keeps its place among the other messages
   * of each. The system calls follow at the end of the turn, in slices of about a millisecond between which other events are handled.
   *
   * A `PreparedFrame` goes to connections on which an extension claims its opcode and its reserved bits, also between the frames of another
   * message; all others are skipped.
   */
  broadcast(message: PreparedMessage | PreparedFrame | Octets | string, options: BroadcastOptions<P> = {}): BroadcastResult<P> {
    const prepared = PreparedMessage.is(message) || PreparedFrame.is(message) ? message : this.prepareMessage(message)
    return broadcast(this.#open, options, WebSocketProtocol[isConnected], (protocol, evenSlow) => offerTo(protocol, prepared, evenSlow))
  }

  /**
   * Accepts a transport that a client has opened; `listenWS` and `attachWS` call it.
   *
   * `head` is the request, where an HTTP server has read it already; otherwise it is read from the stream. `context` goes with it to the
   * application: `context.data` is `data` of the protocol and of the request, `context.raw` is the request's `raw`. Never throws. Where
   * `buildProtocol` throws, and where too many connections above `maxConnections` are being refused already, it drops the transport and
   * returns `undefined` (decision 22).
   */
  acceptStream(
    stream: ByteStream,
    transport: TransportDetails,
    runtime: ObservedRuntime,
    head?: RequestHead,
    context?: UpgradeContext,
  ): P | undefined {
    try {
      if (this.#isFull && this.#refused.size >= refusedAtOnce) {
        this.#totals.dropped()
        dropUnheard(stream)
        return undefined
      }
      const protocol = checkedProtocol<P, WebSocketServerProtocol>(this.buildProtocol(transport), WebSocketServerProtocol)
      this.#accept(protocol, stream, transport, runtime, head, context)
      return protocol
    } catch (error) {
      this.report(asError(error), undefined, runtime.observe?.(true)?.observer)
      this.#totals.dropped()
      dropUnheard(stream)
      return undefined
    }
  }

  /** @internal */
  protected override get connectionRole(): Role {
    const { maskServerFrames, requireMaskedClientFrames } = this.#options
    return {
      isServer: true,
      masks: maskServerFrames,
      peerMasks: requireMaskedClientFrames ? true : undefined,
      serverConnectionDropTimeout: undefined,
    }
  }

  protected override connectionGone(protocol: P): void {
    this.#totals.ended(protocol)
    this.#all.delete(protocol)
    this.#refused.delete(protocol)
    this.#open.delete(protocol)
  }

  get #isFull(): boolean {
    const { maxConnections } = this.#options
    return maxConnections > 0 && this.#all.size >= maxConnections
  }

  #accept(
    protocol: P,
    stream: ByteStream,
    transport: TransportDetails,
    runtime: ObservedRuntime,
    head: RequestHead | undefined,
    context: UpgradeContext | undefined,
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
      context,
    })
    if (context?.data !== undefined) protocol.data = context.data
    place.add(protocol)
    if (head !== undefined) handshake.headWasRead()
    connection.start(handshake)
    if (isFull)
      handshake.refuse(new HttpException(503, `this server has reached its limit of ${counted(options.maxConnections, 'connection')}`))
    else if (head !== undefined) handshake.headReceived(head)
  }
}

/** The parts that all opening handshakes of a factory share. */
interface Decisions {
  /** Protocols whose connection is open or closing. */
  readonly open: Set<WebSocketServerProtocol>
  readonly report: (error: Error, protocol: WebSocketServerProtocol) => void
}

/** The decisions of one protocol in its opening handshake. A class, because four closures per connection take five times the memory. */
class ProtocolDecision implements ServerDecision {
  readonly #protocol: WebSocketServerProtocol
  readonly #factory: Decisions

  constructor(protocol: WebSocketServerProtocol, factory: Decisions) {
    this.#protocol = protocol
    this.#factory = factory
  }

  requested(request: IncomingRequest): void {
    const protocol = this.#protocol
    protocol.request = request
    if (request.transport === protocol.transport) return
    const { connection, factory, messageWatch } = protocol[parts]
    protocol[attach](new ProtocolParts(connection, factory, request.transport, messageWatch))
  }

  onConnect(request: IncomingRequest): Awaitable<ConnectionAccept> {
    return this.#protocol.onConnect(request)
  }

  accepted(data: unknown): void {
    if (data !== undefined) this.#protocol.data = data
    this.#factory.open.add(this.#protocol)
  }

  /** Has the open connection keep what it needs of its request, unless the application has assigned another. */
  opened(request: IncomingRequest, head: string | undefined): void {
    if (this.#protocol.request !== request) return
    const isText = head !== undefined && request.data === undefined
    this.#protocol[keepRequest](isText ? head : request.settled())
  }

  report(error: Error): void {
    this.#factory.report(error, this.#protocol)
  }
}

/** Checks a factory before it listens. Throws `ApiMisuse` for mistakes that would fail every connection. */
export function checkServerFactory(factory: WebSocketServerFactory): void {
  if (!(factory instanceof WebSocketServerFactory))
    throw new ApiMisuse(`a server needs a WebSocketServerFactory as the first argument, and not ${shownValue(factory)}`)
  if (factory.buildProtocol !== WebSocketServerFactory.prototype.buildProtocol) return
  const { protocol } = factory
  if (protocol === undefined) throw new ApiMisuse(noProtocol)
  const isClass = typeof protocol === 'function' && protocol.prototype instanceof WebSocketServerProtocol
  if (!isClass) throw new ApiMisuse("a server factory's protocol must be a class that extends WebSocketServerProtocol")
}

const noProtocol = 'the factory has no protocol class: set its protocol or the option build, or override buildProtocol'
const bothGiven = 'the options protocol and build exclude each other'

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
  stream.start(ignoringReader)
  stream.destroy(true)
}

/** A reader that ignores a stream which is dropped at once. */
const ignoringReader = {
  dataReceived(): void {},
  drained(): void {},
  ended(): void {},
  closed(): void {},
}

/**
 * The number of connections above `maxConnections` that are refused with a response at the same time. More are dropped without one, so that
 * a flood stays cheap (decision 23).
 */
const refusedAtOnce = 100
