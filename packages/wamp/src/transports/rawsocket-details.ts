import type { Octets, TransportDetails as SocketDetails } from '@autobahn-ts/websocket/portable'
import type { TransportDetails } from './message-transport.ts'
import { peerText } from './peer-text.ts'
import { tlsExporter } from './tls-exporter.ts'

/** The details of a transport over RawSocket. */
export class RawSocketDetails implements TransportDetails {
  readonly kind = 'rawsocket'
  readonly headers: Readonly<Record<string, string>> = noHeaders
  readonly #socket: SocketDetails

  constructor(socket: SocketDetails) {
    this.#socket = socket
  }

  get peer(): string {
    return peerText(this.#socket.peer)
  }

  get isSecure(): boolean {
    return this.#socket.isSecure
  }

  get certificate(): string | undefined {
    return this.#socket.tls?.peerCertificateFingerprint
  }

  channelId(): Octets | undefined {
    return tlsExporter(this.#socket)
  }
}

const noHeaders: Readonly<Record<string, string>> = Object.freeze({})
