import {
  type Clock,
  type ConnectionRequest,
  HttpException,
  type Octets,
  type PreparedMessage,
  type ServerFactoryOptions,
  type ServerProtocolOptions,
  WebSocketServerFactory,
  WebSocketServerProtocol,
} from '@autobahn-ts/websocket/portable'
import type { CookieIssuer, TransportCookie } from './cookie-issuer.ts'
import type { EncodedMessage } from './encoded-message.ts'
import type { MessageTransport } from './message-transport.ts'
import type { ReportError } from './reception.ts'
import { type SpokenSerializers, spokenBy, subprotocolsOf } from './subprotocols.ts'
import type { TransportOptions } from './transport-settings.ts'
import { WebSocketDetails } from './websocket-details.ts'
import { webSocketEnd } from './websocket-end.ts'
import { layerOptions } from './websocket-layer.ts'
import { type WebSocketLink, WebSocketTransport } from './websocket-transport.ts'

/** Everything that the WebSocket side of a router is made with. */
export interface WebSocketServing {
  readonly spoken: SpokenSerializers
  readonly limits: TransportOptions
  readonly clock: Clock
  /** Takes the transport of a connection that is open. */
  readonly accept: (transport: MessageTransport) => void
  readonly onError: ReportError
  /** Returns what knows clients by cookies, where the router does. It is asked for each connection. */
  readonly cookies?: (() => CookieIssuer | undefined) | undefined
  /** Options of the WebSocket layer: origins, extensions, trusted proxies, … */
  readonly websocket?: ServerProtocolOptions
}

/** Makes the factory of a router's WebSocket connections. It refuses clients without a subprotocol that the router speaks. */
export function webSocketServerFactory(serving: WebSocketServing): WebSocketServerFactory<TransportServerProtocol> {
  const options: ServerFactoryOptions<TransportServerProtocol> = {
    ...layerOptions(serving.limits),
    ...serving.websocket,
    protocols: subprotocolsOf(serving.spoken),
    build: () => new TransportServerProtocol(serving),
  }
  const factory = new TransportServerFactory(undefined, options)
  factory.onError = serving.onError
  return factory
}

/**
 * Reads little ahead of a session that is not read, because it waits for a permission: what is read ahead is messages on the heap, several times as large
 * as their octets. Pings behind a few messages are still answered.
 */
class TransportServerFactory extends WebSocketServerFactory<TransportServerProtocol> {
  protected override get readAhead(): number {
    return mostAhead
  }
}

/** The number of octets that are read ahead of a session that is not read. */
const mostAhead = 4096

/** The router's end of a WebSocket connection. */
export class TransportServerProtocol extends WebSocketServerProtocol implements WebSocketLink {
  readonly #serving: WebSocketServing
  #transport: WebSocketTransport | undefined
  #cookie: TransportCookie | undefined

  constructor(serving: WebSocketServing) {
    super()
    this.#serving = serving
  }

  /** Accepts with the first subprotocol of the client that the router speaks. */
  override onConnect({ protocols, headers, transport }: ConnectionRequest): string | { protocol: string; headers: [string, string][] } {
    const { spoken } = this.#serving
    const accepted = protocols.find(each => spokenBy(each, spoken) !== undefined)
    if (accepted !== undefined) return this.#accepted(accepted, headers, transport.isSecure)
    throw new HttpException(
      400,
      `this router speaks ${subprotocolsOf(spoken).join(', ')}; the client offered ${protocols.join(', ') || 'no subprotocol'}`,
    )
  }

  #accepted(
    protocol: string,
    fields: ConnectionRequest['headers'],
    isSecure: boolean,
  ): string | { protocol: string; headers: [string, string][] } {
    const issuer = this.#serving.cookies?.()
    if (issuer === undefined) return protocol
    const lines = [...fields].filter(([name]) => name.toLowerCase() === 'cookie').map(([, value]) => value)
    const { cookie, setCookie } = issuer.meet(lines.join('; '), isSecure)
    this.#cookie = cookie
    return setCookie === undefined ? protocol : { protocol, headers: [['Set-Cookie', setCookie]] }
  }

  override onOpen(): void {
    const { spoken, limits, clock, onError, accept } = this.#serving
    const { maxSendSize } = limits
    const transport = new WebSocketTransport(this, spokenBy(this.subprotocol, spoken)!, {
      maxSendSize,
      details: new WebSocketDetails(this, true, this.#cookie),
      clock,
      onError,
    })
    this.#transport = transport
    accept(transport)
    transport.awaitListener()
  }

  sendEncoded(message: EncodedMessage): void {
    message.framed ??= this.factory.prepareMessage(message.octets, typeof message.encoded !== 'string')
    this.sendPreparedMessage(message.framed as PreparedMessage)
  }

  override onTextMessage(text: string): void {
    this.#transport?.textReceived(text)
  }

  override onMessage(octets: Octets): void {
    this.#transport?.octetsReceived(octets)
  }

  override onDrain(): void {
    this.#transport?.drained()
  }

  override onClose(): void {
    this.#transport?.ended(webSocketEnd(this.closeInfo!))
  }
}
