import type { ByteStream } from '../bytes/byte-stream.ts'
import { ClientHandshake } from '../handshake/client-handshake.ts'
import { checkOffered, checkRequestHeaders } from '../handshake/client-request.ts'
import { checkedValue, lastingHeaders } from '../handshake/http/header-fields.ts'
import type { HeadersInput } from '../handshake/http/http-exception.ts'
import { hostHeader, parseWsUrl, type WsUrl } from '../handshake/http/url.ts'
import { anyValue, checkOptions, type OptionChecks } from '../protocol/checks/check-options.ts'
import { someFunction } from '../protocol/checks/option-values.ts'
import type { Role } from '../protocol/connection/connection-parts.ts'
import type { ObservedRuntime } from '../protocol/connection/observer.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'
import type { TransportDetails } from '../protocol/life/transport-details.ts'
import { defaultsOf, resolveOptions } from '../protocol/options/option-table.ts'
import { type ClientOptions, clientOptions } from '../protocol/options/options.ts'
import { authorizedUrl, type BasicAuth, withAuthorization } from './basic-auth.ts'
import { type ClientProtocolOptions, CompressingOptions, clientExtensions } from './compression-hooks.ts'
import { checkedProtocol, WebSocketFactory } from './factory.ts'
import { dividedOptions } from './factory-options.ts'
import { WebSocketClientProtocol } from './protocol.ts'
import { checkedSubprotocols } from './subprotocols.ts'

/** The parameters of a client's opening handshakes. */
export interface ClientSessionParameters {
  /** `ws:` or `wss:` URL to connect to, with path and query; or `ws+unix:/path/to.sock:/resource`. */
  readonly url: string
  /** The `Origin` header; `undefined` sends none, which is usual outside browsers. */
  readonly origin: string | undefined
  /** Subprotocols to offer, best first. */
  readonly protocols: readonly string[]
  /** The `User-Agent` header; `undefined` or empty sends none. */
  readonly useragent: string | undefined
  /** Further headers of every request. */
  readonly headers: HeadersInput
  /**
   * A user name and a password to send as an `Authorization` header (Basic, RFC 7617); or `'url'` to take them from the URL, percent-encoded,
   * where they are misuse otherwise. `factory.url` does not have them.
   */
  readonly auth: BasicAuth | 'url' | undefined
}

/**
 * The options of a client factory: the class of its protocols, session parameters, and protocol options. `P` is that class, or the base of
 * the classes.
 */
export interface ClientFactoryOptions<P extends WebSocketClientProtocol = WebSocketClientProtocol>
  extends Partial<Omit<ClientSessionParameters, 'url'>>,
    ClientProtocolOptions {
  /** The class of the protocols; its constructor takes nothing. */
  readonly protocol?: new () => P
  /** Makes the protocol object of one connection, in place of `protocol`: `() => new Chat(database)`. */
  readonly build?: (transport: TransportDetails) => P
}

const clientSessionChecks: OptionChecks<Omit<ClientSessionParameters, 'url'>> = {
  origin: anyValue,
  protocols: anyValue,
  useragent: anyValue,
  headers: anyValue,
  auth: anyValue,
}

/** The names of `ClientFactoryOptions`; values are checked by the setters. */
export const clientFactoryOptions: OptionChecks<ClientFactoryOptions> = {
  protocol: anyValue,
  build: someFunction,
  ...clientSessionChecks,
  ...clientOptions,
}

/** Connects to one URL, and makes the protocol object of each connection. `P` is the class of the protocols. */
export class WebSocketClientFactory<P extends WebSocketClientProtocol = WebSocketClientProtocol> extends WebSocketFactory {
  /** The class that `buildProtocol` instantiates. */
  protocol: (new () => P) | undefined
  #session: ClientSessionParameters
  #options: ClientOptions = defaultsOf(clientOptions)
  #url!: WsUrl
  /** The URL as it was given, which may have credentials. */
  #givenUrl: string
  #authorization: string | undefined
  readonly #compressing = new CompressingOptions(clientExtensions)

  constructor(url: string, options: ClientFactoryOptions<P> = {}) {
    super()
    checkOptions<ClientFactoryOptions>(options, clientFactoryOptions, 'a client factory')
    const { protocol, build, ...given } = options
    if (protocol !== undefined && build !== undefined) throw new ApiMisuse(bothGiven)
    if (build !== undefined) this.buildProtocol = transport => build(transport)
    const divided = dividedOptions<Omit<ClientSessionParameters, 'url'>, ClientOptions>(given, defaultSession)
    if (protocol !== undefined) this.protocol = protocol
    this.#givenUrl = url
    this.#session = { ...defaultSession, url }
    this.setSessionParameters(divided.session)
    this.setProtocolOptions(divided.options as ClientProtocolOptions)
  }

  get options(): ClientOptions {
    return this.#options
  }

  get url(): string {
    return this.#session.url
  }

  get host(): string {
    return this.#url.host
  }

  get port(): number {
    return this.#url.port
  }

  get isSecure(): boolean {
    return this.#url.isSecure
  }

  /** The path and query of the URL. */
  get resource(): string {
    return this.#url.resource
  }

  get socketPath(): string | undefined {
    return this.#url.socketPath
  }

  /** Changes the given parameters for new connections and leaves the others as they are; `undefined` sets a parameter to nothing. */
  setSessionParameters(parameters: Partial<ClientSessionParameters>): void {
    checkOptions<ClientSessionParameters>(parameters, { url: anyValue, ...clientSessionChecks }, 'setSessionParameters')
    const givenUrl = parameters.url ?? this.#givenUrl
    const given = { ...this.#session, ...parameters }
    const { url: plainUrl, authorization } = authorizedUrl(givenUrl, given.auth)
    const session = {
      ...given,
      url: plainUrl,
      protocols: checkedSubprotocols(given.protocols),
      headers: lastingHeaders(given.headers ?? []),
    }
    const url = clientUrl(session.url)
    checkRequestHeaders(withAuthorization(session.headers, authorization))
    checkOffered(session.protocols)
    if (session.useragent !== undefined) checkedValue('User-Agent', session.useragent)
    if (session.origin !== undefined) checkedValue('Origin', session.origin)
    this.#session = session
    this.#givenUrl = givenUrl
    this.#authorization = authorization
    this.#url = url
  }

  override setProtocolOptions(options: ClientProtocolOptions): void {
    this.#options = resolveOptions(clientOptions, this.#options, options as Partial<ClientOptions>)
  }

  override resetProtocolOptions(): void {
    this.#options = defaultsOf(clientOptions)
  }

  /** Makes the protocol object of one connection: by the option `build`, or else of the class `protocol`. May be overridden. */
  buildProtocol(_transport: TransportDetails): P {
    if (this.protocol === undefined) throw new ApiMisuse(noProtocol)
    return new this.protocol()
  }

  /** @internal */
  protected override get connectionRole(): Role {
    const { maskClientFrames, acceptMaskedServerFrames, serverConnectionDropTimeout } = this.#options
    return {
      isServer: false,
      masks: maskClientFrames,
      peerMasks: acceptMaskedServerFrames ? undefined : false,
      serverConnectionDropTimeout,
    }
  }

  /**
   * Begins a WebSocket connection over a transport that is open; `connectWS` calls it. The protocol's promise `opened` tells the outcome.
   */
  connectStream(stream: ByteStream, transport: TransportDetails, runtime: ObservedRuntime): P {
    const protocol = checkedProtocol<P, WebSocketClientProtocol>(this.buildProtocol(transport), WebSocketClientProtocol)
    const connection = this.connectionFor(protocol, stream, transport, runtime)
    const { origin, protocols, useragent } = this.#session
    const headers = withAuthorization(this.#session.headers, this.#authorization)
    const handshake = new ClientHandshake({
      connection,
      runtime,
      transport,
      options: this.#compressing.from(this.#options, runtime),
      request: { host: hostHeader(this.#url), resource: this.#url.resource, headers, origin, protocols, useragent },
      decision: {
        onConnecting: details => protocol.onConnecting(details),
        onConnect: response => {
          protocol.response = response
          return protocol.onConnect(response)
        },
        report: error => this.report(error, protocol),
      },
    })
    connection.start(handshake)
    handshake.begin()
    return protocol
  }
}

/** Checks a factory before it connects. Throws `ApiMisuse` for mistakes that would fail every connection. */
export function checkClientFactory(factory: WebSocketClientFactory): void {
  if (!(factory instanceof WebSocketClientFactory))
    throw new ApiMisuse(`a client needs a WebSocketClientFactory as the first argument, and not ${shownValue(factory)}`)
  if (factory.buildProtocol !== WebSocketClientFactory.prototype.buildProtocol) return
  const { protocol } = factory
  if (protocol === undefined) throw new ApiMisuse(noProtocol)
  const isClass = typeof protocol === 'function' && protocol.prototype instanceof WebSocketClientProtocol
  if (!isClass) throw new ApiMisuse("a client factory's protocol must be a class that extends WebSocketClientProtocol")
}

const noProtocol = 'the factory has no protocol class: set its protocol or the option build, or override buildProtocol'
const bothGiven = 'the options protocol and build exclude each other'

const defaultSession: Omit<ClientSessionParameters, 'url'> = {
  origin: undefined,
  protocols: [],
  useragent: 'Autobahn-TS',
  headers: [],
  auth: undefined,
}

function clientUrl(url: string): WsUrl {
  const parsed = parseWsUrl(url)
  if (parsed.port === 0) throw new ApiMisuse(`a client cannot connect to port 0: ${url}`)
  return parsed
}
