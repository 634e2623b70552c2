import type { PageSocket, SocketEvents } from '@autobahn-ts/websocket/browser'
import type { CloseInfo, ReceivedOctets } from '@autobahn-ts/websocket/portable'
import type { Encoded } from '../messages/payload.ts'
import type { EncodedMessage } from '../transports/encoded-message.ts'
import type { MessageTransport } from '../transports/message-transport.ts'
import { webSocketEnd } from '../transports/websocket-end.ts'
import { type WebSocketLink, WebSocketTransport } from '../transports/websocket-transport.ts'
import { agreedBy } from './agreed-by.ts'
import type { PageDialling } from './dial-transport.ts'
import { pageDetails } from './page-details.ts'

/**
 * The client's end of a connection over the platform's `WebSocket`, for batches. Its transport is there when it is open.
 *
 * A page cannot stop its peer: what comes while the transport is paused waits, and above 4 MiB the connection is closed.
 */
export class PageLink implements WebSocketLink, SocketEvents {
  readonly #dialling: PageDialling
  #socket: PageSocket | undefined
  #transport: WebSocketTransport | undefined
  /** The messages that came while receiving is paused. */
  #waiting: (string | ReceivedOctets)[] = []
  #waitingSize = 0
  #isPaused = false

  constructor(dialling: PageDialling) {
    this.#dialling = dialling
  }

  /** The transport of an open connection. */
  get messageTransport(): MessageTransport {
    if (this.#transport === undefined) throw new Error('the connection is not open')
    return this.#transport
  }

  // ---- for the socket

  /** Gives up where the server chose no subprotocol of WAMP. */
  accepted(protocol: string, socket: PageSocket): void {
    const { spoken: offered, maxSendSize, clock, url, onError } = this.#dialling
    const spoken = agreedBy(protocol, socket, offered)
    if (spoken === undefined) return
    this.#socket = socket
    const details = pageDetails(url)
    this.#transport = new WebSocketTransport(this, spoken, { maxSendSize, details, clock, onError })
    socket.open()
    this.#transport.awaitListener()
  }

  came(message: string | ReceivedOctets): void {
    if (!this.#isPaused) return this.#deliver(message)
    this.#waiting.push(message)
    this.#waitingSize += message.length + waitingCost
    if (this.#waitingSize > maxWaitingSize)
      this.#socket?.fail(policyViolation, `messages that wait for the session take more than ${maxWaitingSize} octets`)
  }

  drained(): void {
    this.#transport?.drained()
  }

  stopped(): void {
    this.#waiting = []
  }

  ended(info: CloseInfo): void {
    this.#transport?.ended(webSocketEnd(info))
  }

  // ---- for the transport

  get bufferedAmount(): number {
    return this.#socket!.bufferedAmount
  }

  get isWritable(): boolean {
    return this.#socket!.isWritable
  }

  sendMessage(payload: Encoded): void {
    this.#socket!.send(payload)
  }

  sendEncoded(message: EncodedMessage): void {
    this.sendMessage(message.encoded)
  }

  sendClose(code: number): void {
    this.#socket!.sendClose(code, '')
  }

  dropConnection(): void {
    this.#socket!.giveUp('dropped by this side')
  }

  pauseReceiving(): void {
    this.#isPaused = true
  }

  /** Hands on what has waited, until receiving is paused again. */
  resumeReceiving(): void {
    this.#isPaused = false
    while (!this.#isPaused && this.#waiting.length > 0) {
      const message = this.#waiting.shift()!
      this.#waitingSize -= message.length + waitingCost
      this.#deliver(message)
    }
  }

  #deliver(message: string | ReceivedOctets): void {
    if (this.#socket?.takes(message) !== true) return
    if (typeof message === 'string') this.#transport?.textReceived(message)
    else this.#transport?.octetsReceived(message)
  }
}

/** RFC 6455 §7.4.1. */
const policyViolation = 1008
/** Octets of messages that may wait, as in the WebSocket package. */
const maxWaitingSize = 4 * 1024 * 1024
/** Octets that a waiting message takes in memory besides its payload, about. */
const waitingCost = 240
