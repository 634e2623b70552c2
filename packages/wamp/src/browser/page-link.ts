import type { PageSocket, SocketEvents } from '@autobahn-ts/websocket/browser'
import { type Clock, type CloseInfo, HandshakeFailed, type ReceivedOctets } from '@autobahn-ts/websocket/portable'
import type { Encoded } from '../messages/payload.ts'
import type { EncodedMessage } from '../transports/encoded-message.ts'
import type { MessageTransport } from '../transports/message-transport.ts'
import type { ReportError } from '../transports/reception.ts'
import { type SpokenSerializers, spokenBy, subprotocolsOf } from '../transports/subprotocols.ts'
import { webSocketEnd } from '../transports/websocket-end.ts'
import { type WebSocketLink, WebSocketTransport } from '../transports/websocket-transport.ts'

/** Everything that a page's connection is made with. */
export interface PageDialling {
  readonly spoken: SpokenSerializers
  readonly maxSendSize: number
  readonly clock: Clock
  /** The absolute URL of the router. */
  readonly url: string
  readonly onError?: ReportError | undefined
}

/**
 * The client's end of a connection over the platform's `WebSocket`. Its transport is there when it is open.
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
    const spoken = spokenBy(protocol, offered)
    if (spoken === undefined) {
      const refusal = new HandshakeFailed(`the server did not agree to one of ${subprotocolsOf(offered).join(', ')}`)
      return socket.giveUp(refusal.message, refusal)
    }
    this.#socket = socket
    const details = { kind: 'websocket', peer: hostOf(url), isSecure: /^wss:/i.test(url), headers: {} } as const
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

/** Returns host and port of a URL, as they are written. */
function hostOf(url: string): string {
  return /^[a-z]+:\/\/([^/?#]*)/i.exec(url)?.[1] ?? ''
}

/** RFC 6455 §7.4.1. */
const policyViolation = 1008
/** Octets of messages that may wait, as in the WebSocket package. */
const maxWaitingSize = 4 * 1024 * 1024
/** Octets that a waiting message takes in memory besides its payload, about. */
const waitingCost = 240
