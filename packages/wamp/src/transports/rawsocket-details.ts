import type { Octets, TransportDetails as SocketDetails } from '@autobahn-ts/websocket/portable'
import type { TransportDetails } from './message-transport.ts'
import { peerText } from './peer-text.ts'
import { tlsExporter } from './tls-exporter.ts'

/** The details of a transport over RawSocket. */
export class RawSocketDetails implements TransportDetails {
  readonly kind = 'rawsocket'
  readonly headers: Readonly<Record<string, string>> = noHeaders
  readonly #socket: SocketDetails

  readonly #isServer: boolean

  constructor(socket: SocketDetails, isServer: boolean) {
    this.#socket = socket
    this.#isServer = isServer
  }

  get peer(): string {
    return peerText(this.#socket.peer)
  }

  get isSecure(): boolean {
    return this.#socket.isSecure
  }

  get certificate(): string | undefined {
    return this.#isServer ? this.#socket.tls?.peerCertificateFingerprint : undefined
  }

  channelId(): Octets | undefined {
    return tlsExporter(this.#socket)
  }
}

const noHeaders: Readonly<Record<string, string>> = Object.freeze({})
