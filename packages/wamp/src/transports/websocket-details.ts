import type { Octets, WebSocketClientProtocol, WebSocketServerProtocol } from '@autobahn-ts/websocket/portable'
import type { TransportCookie } from './cookie-issuer.ts'
import type { TransportDetails } from './message-transport.ts'
import { peerText } from './peer-text.ts'
import { tlsExporter } from './tls-exporter.ts'

/** The details of a transport over WebSocket. They are read from the connection when they are asked for, so that an idle one keeps no copy. */
export class WebSocketDetails implements TransportDetails {
  readonly kind = 'websocket'
  readonly #protocol: WebSocketServerProtocol | WebSocketClientProtocol

  readonly #isServer: boolean
  readonly cookie: TransportCookie | undefined

  constructor(protocol: WebSocketServerProtocol | WebSocketClientProtocol, isServer: boolean, cookie?: TransportCookie) {
    this.cookie = cookie
    this.#protocol = protocol
    this.#isServer = isServer
  }

  get peer(): string {
    return peerText(this.#protocol.transport.peer)
  }

  get isSecure(): boolean {
    return this.#protocol.transport.isSecure
  }

  /** The fields of the request, on a server. Several lines of one name are joined by commas (RFC 9110 §5.3). */
  get headers(): Readonly<Record<string, string>> {
    if (!('request' in this.#protocol) || this.#protocol.request === undefined) return noHeaders
    const fields: Record<string, string> = {}
    for (const [name, value] of this.#protocol.request.headers) {
      const known = fields[name.toLowerCase()]
      fields[name.toLowerCase()] = known === undefined ? value : `${known}, ${value}`
    }
    return fields
  }

  get certificate(): string | undefined {
    return this.#isServer ? this.#protocol.transport.tls?.peerCertificateFingerprint : undefined
  }

  channelId(): Octets | undefined {
    return tlsExporter(this.#protocol.transport)
  }
}

const noHeaders: Readonly<Record<string, string>> = Object.freeze({})
