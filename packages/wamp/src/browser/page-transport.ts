import type { PageSocket, SocketEvents } from '@autobahn-ts/websocket/browser'
import type { Clock, CloseInfo, ReceivedOctets } from '@autobahn-ts/websocket/portable'
import type { Message } from '../messages/message.ts'
import type { Encoded } from '../messages/payload.ts'
import { ProtocolViolation } from '../messages/protocol-violation.ts'
import type { Serializer } from '../serializers/serializer.ts'
import { checkSize } from '../transports/check-size.ts'
import { type EncodedFormat, encodedFormat } from '../transports/encoded-message.ts'
import type { MessageTransport, PreparedMessage, TransportDetails, TransportListener } from '../transports/message-transport.ts'
import { Reception } from '../transports/reception.ts'
import { webSocketEnd } from '../transports/websocket-end.ts'
import { agreedBy } from './agreed-by.ts'
import type { PageDialling } from './dial-transport.ts'
import { pageDetails } from './page-details.ts'

/**
 * A connection of a page to a router, over the platform's `WebSocket`: one message of WAMP is one of WebSocket. Batches are the affair of `PageLink`.
 *
 * A page cannot stop its peer: what comes while it is paused, or before it has a listener, waits, and above 4 MiB the connection is closed.
 */
export class PageTransport implements MessageTransport, SocketEvents {
  readonly details: TransportDetails
  readonly maxSendSize: number
  readonly #dialling: PageDialling
  readonly #clock: Clock
  readonly #reception: Reception
  /** Both are set when the server has accepted. */
  #socket: PageSocket | undefined
  #serializer: Serializer | undefined
  readonly #waiting: (string | ReceivedOctets)[] = []
  #waitingSize = 0
  #isPaused = false
  #isOpen = true
  #closeCode: number = normalClosure
  #abortReason: string | undefined

  constructor(dialling: PageDialling) {
    this.details = pageDetails(dialling.url)
    this.maxSendSize = dialling.maxSendSize
    this.#dialling = dialling
    this.#clock = dialling.clock
    this.#reception = new Reception(this, dialling.clock, dialling.onError)
  }

  // ---- for the session

  get format(): EncodedFormat {
    return encodedFormat('websocket', this.#serializer!)
  }

  get bufferedAmount(): number {
    return this.#socket?.bufferedAmount ?? 0
  }

  get isWritable(): boolean {
    return this.#isOpen && this.#socket?.isWritable === true
  }

  open(listener: TransportListener): void {
    this.#reception.open(listener)
    this.#clock.defer(() => this.#release())
  }

  send(message: Message): void {
    if (this.#isOpen) this.#send(this.#serializer!.encode(message))
  }

  sendPrepared(prepared: PreparedMessage): void {
    const { encoded } = this.format.own(prepared)
    if (this.#isOpen) this.#send(encoded)
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    this.#clock.defer(() => this.#release())
  }

  close(): void {
    if (!this.#isOpen) return
    this.#stop()
    this.#socket?.sendClose(this.#closeCode, '')
  }

  abort(reason: string): void {
    if (this.#abortReason !== undefined) return
    this.#abortReason = reason
    this.#stop()
    this.#socket?.giveUp('dropped by this side')
  }

  #send(encoded: Encoded): void {
    checkSize(encoded, this.maxSendSize)
    this.#socket?.send(encoded)
  }

  #stop(): void {
    this.#isOpen = false
    this.#reception.stop()
  }

  // ---- for the socket

  accepted(protocol: string, socket: PageSocket): void {
    this.#serializer = agreedBy(protocol, socket, this.#dialling.spoken)?.serializer
    if (this.#serializer === undefined) return
    this.#socket = socket
    socket.open()
  }

  came(message: string | ReceivedOctets): void {
    if (!this.#isHeld && this.#waiting.length === 0) return this.#deliver(message)
    this.#waiting.push(message)
    this.#waitingSize += message.length + waitingCost
    if (this.#waitingSize > maxWaitingSize)
      this.#socket?.fail(policyViolation, `messages that wait for the session take more than ${maxWaitingSize} octets`)
  }

  /** Whether messages wait: while it is paused, and until there is a listener. */
  get #isHeld(): boolean {
    return this.#isPaused || !this.#reception.isOpen
  }

  #release(): void {
    while (!this.#isHeld && this.#waiting.length > 0) {
      const message = this.#waiting.shift()!
      this.#waitingSize -= message.length + waitingCost
      this.#deliver(message)
    }
  }

  #deliver(message: string | ReceivedOctets): void {
    if (this.#reception.isOver || this.#socket?.takes(message) !== true) return
    const { isBinary, name } = this.#serializer!
    if (isBinary === (typeof message === 'string')) {
      this.#closeCode = unsupportedData
      const kind = isBinary ? 'text' : 'binary'
      return this.#reception.violation(new ProtocolViolation(`a ${kind} message of WebSocket came, and ${name} is not ${kind}`))
    }
    let decoded: Message
    try {
      decoded = this.#serializer!.decode(message)
    } catch (error) {
      this.#closeCode = protocolError
      return this.#reception.undecodable(error)
    }
    this.#reception.message(decoded)
  }

  drained(): void {
    if (this.#isOpen) this.#reception.writable()
  }

  stopped(): void {
    this.#waiting.length = 0
  }

  ended(info: CloseInfo): void {
    const reason = this.#abortReason
    this.#isOpen = false
    // a page tells of the end within the call that drops the connection
    if (reason === undefined) this.#reception.closed(webSocketEnd(info))
    else this.#clock.defer(() => this.#reception.closed({ wasClean: false, reason }))
  }
}

/** RFC 6455 §7.4.1. */
const normalClosure = 1000
const protocolError = 1002
const unsupportedData = 1003
const policyViolation = 1008
/** Octets of messages that may wait, as in the WebSocket package. */
const maxWaitingSize = 4 * 1024 * 1024
/** Octets that a waiting message takes in memory besides its payload, about. */
const waitingCost = 240
