import {
  type Clock,
  type ConnectionResponse,
  HandshakeFailed,
  type Octets,
  type PreparedMessage,
  WebSocketClientProtocol,
} from '@autobahn-ts/websocket/portable'
import type { EncodedMessage } from './encoded-message.ts'
import type { MessageTransport } from './message-transport.ts'
import type { ReportError } from './reception.ts'
import { type SpokenSerializers, spokenBy, subprotocolsOf } from './subprotocols.ts'
import { WebSocketDetails } from './websocket-details.ts'
import { webSocketEnd } from './websocket-end.ts'
import { type WebSocketLink, WebSocketTransport } from './websocket-transport.ts'

/** Everything that a client's WebSocket connection is made with. */
export interface WebSocketDialling {
  readonly spoken: SpokenSerializers
  readonly maxSendSize: number
  readonly clock: Clock
  readonly onError?: ReportError | undefined
}

/** The client's end of a WebSocket connection. Its transport is there when it is open. */
export class TransportClientProtocol extends WebSocketClientProtocol implements WebSocketLink {
  readonly #dialling: WebSocketDialling
  #transport: WebSocketTransport | undefined

  constructor(dialling: WebSocketDialling) {
    super()
    this.#dialling = dialling
  }

  /** The transport of an open connection. */
  get messageTransport(): MessageTransport {
    if (this.#transport === undefined) throw new Error('the connection is not open')
    return this.#transport
  }

  /** Gives up where the server chose no subprotocol of WAMP. */
  override onConnect({ protocol }: ConnectionResponse): void {
    const { spoken } = this.#dialling
    if (spokenBy(protocol, spoken) === undefined)
      throw new HandshakeFailed(`the server did not agree to one of ${subprotocolsOf(spoken).join(', ')}`)
  }

  override onOpen(): void {
    const { spoken, maxSendSize, clock, onError } = this.#dialling
    const details = new WebSocketDetails(this, false)
    this.#transport = new WebSocketTransport(this, spokenBy(this.subprotocol, spoken)!, { maxSendSize, details, clock, onError })
    this.#transport.awaitListener()
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
