import type { Clock, Octets } from '@autobahn-ts/websocket/portable'
import type { Message } from '../messages/message.ts'
import type { Encoded } from '../messages/payload.ts'
import { ProtocolViolation } from '../messages/protocol-violation.ts'
import type { Serializer } from '../serializers/serializer.ts'
import { checkSize } from './check-size.ts'
import { type EncodedFormat, type EncodedMessage, encodedFormat } from './encoded-message.ts'
import type { MessageTransport, PreparedMessage, TransportDetails, TransportEnd, TransportListener } from './message-transport.ts'
import { Reception, type ReportError } from './reception.ts'
import type { Spoken } from './subprotocols.ts'

/** The members of a WebSocket protocol that its transport uses. The protocol calls the transport's `…Received`, `drained` and `ended`. */
export interface WebSocketLink {
  sendMessage(payload: Encoded): void
  /** Sends a message that is framed once for all connections. */
  sendEncoded(message: EncodedMessage): void
  sendClose(code: number, reason?: string): void
  /** Drops the connection at once, with everything that is unsent. */
  dropConnection(options: { readonly abort: true }): void
  /** `readAhead` false: nothing is read meanwhile, where the runtime allows that. */
  pauseReceiving(options?: { readonly readAhead?: boolean }): void
  resumeReceiving(): void
  readonly bufferedAmount: number
  readonly isWritable: boolean
}

/** Settings of a transport over WebSocket. */
export interface WebSocketTransportSettings {
  /** The size of the largest message that is sent, in octets. A WebSocket peer does not tell what it takes. */
  readonly maxSendSize: number
  readonly details: TransportDetails
  readonly clock: Clock
  readonly onError?: ReportError | undefined
}

/** A connection of WAMP over WebSocket, on either side. One WAMP message, or one batch, is one WebSocket message. */
export class WebSocketTransport implements MessageTransport {
  readonly format: EncodedFormat
  readonly details: TransportDetails
  readonly maxSendSize: number
  readonly #link: WebSocketLink
  readonly #serializer: Serializer
  #trustsPayloads = false
  readonly #isBatched: boolean
  readonly #clock: Clock
  readonly #reception: Reception
  /** Messages that leave in one batch at the end of the turn. */
  #batch: Encoded[] = []
  #batchSize = 0
  /** Messages of a batch that came before the listener has paused. */
  #held: Encoded[] = []
  /** Whether the listener has paused. */
  #isPaused = false
  /** Whether the connection is paused, which it also is until there is a listener. */
  #isHeld = false
  #isOpen = true
  #closeCode: number = normalClosure
  #abortReason: string | undefined

  constructor(link: WebSocketLink, { serializer, isBatched }: Spoken, settings: WebSocketTransportSettings) {
    this.format = encodedFormat(isBatched ? 'websocket.batched' : 'websocket', serializer)
    this.details = settings.details
    this.maxSendSize = settings.maxSendSize
    this.#link = link
    this.#serializer = serializer
    this.#isBatched = isBatched
    this.#clock = settings.clock
    this.#reception = new Reception(this, settings.clock, settings.onError)
  }

  get bufferedAmount(): number {
    return this.#link.bufferedAmount + this.#batchSize
  }

  get isWritable(): boolean {
    return this.#isOpen && this.#link.isWritable
  }

  open(listener: TransportListener): void {
    this.#reception.open(listener)
    if (this.#isHeld && !this.#isPaused) this.#clock.defer(() => this.#release())
  }

  /** Keeps the connection paused until the transport has its listener. The protocol calls it when it is open. */
  awaitListener(): void {
    if (this.#reception.isOpen || !this.#isOpen) return
    this.#isHeld = true
    this.#link.pauseReceiving()
  }

  send(message: Message): void {
    if (!this.#isOpen) return
    const encoded = this.#serializer.encode(message)
    checkSize(encoded, this.maxSendSize)
    if (this.#isBatched) this.#addToBatch(encoded)
    else this.#link.sendMessage(encoded)
  }

  sendPrepared(prepared: PreparedMessage): void {
    const message = this.format.own(prepared)
    if (!this.#isOpen) return
    checkSize(message.octets, this.maxSendSize)
    if (this.#isBatched) this.#addToBatch(message.encoded)
    else this.#link.sendEncoded(message)
  }

  trustPayloads(): void {
    this.#trustsPayloads = true
  }

  pause(readsAhead = true): void {
    if (!this.#isOpen) return
    this.#isPaused = true
    this.#isHeld = true
    if (readsAhead) this.#link.pauseReceiving()
    else this.#link.pauseReceiving(nothingAhead)
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#clock.defer(() => this.#release())
  }

  close(): void {
    if (!this.#isOpen) return
    this.#flush()
    this.#isOpen = false
    this.#reception.stop()
    this.#link.sendClose(this.#closeCode)
    this.#link.resumeReceiving()
  }

  abort(reason: string): void {
    if (this.#abortReason !== undefined) return
    this.#abortReason = reason
    this.#isOpen = false
    this.#batch = []
    this.#batchSize = 0
    this.#reception.stop()
    this.#link.dropConnection({ abort: true })
  }

  // ---- for the protocol

  textReceived(text: string): void {
    if (this.#serializer.isBinary) this.#wrongKind('text')
    else this.#received(text)
  }

  octetsReceived(octets: Octets): void {
    if (this.#serializer.isBinary) this.#received(octets)
    else this.#wrongKind('binary')
  }

  /** The connection takes messages again. */
  drained(): void {
    if (this.#isOpen) this.#reception.writable()
  }

  /** The connection is gone. */
  ended(end: TransportEnd): void {
    this.#isOpen = false
    this.#batch = []
    this.#batchSize = 0
    const reason = this.#abortReason
    if (reason === undefined) return this.#reception.closed(end)
    // a page tells of the end within the call that drops the connection
    this.#clock.defer(() => this.#reception.closed({ wasClean: false, reason }))
  }

  // ---- within

  #received(data: Encoded): void {
    if (!this.#isBatched) return this.#decode(data)
    if (this.#reception.isOver) return
    try {
      this.#held.push(...this.#serializer.split(data))
    } catch (error) {
      this.#closeCode = protocolError
      this.#reception.undecodable(error)
    }
    this.#releaseHeld()
  }

  /** Hands on the messages of a batch, as far as the listener does not pause. */
  #releaseHeld(): void {
    while (this.#held.length > 0 && !this.#isPaused) this.#decode(this.#held.shift()!)
  }

  #release(): void {
    if (this.#isPaused || !this.#reception.isOpen) return
    this.#releaseHeld()
    if (this.#isPaused || !this.#isHeld || !this.#isOpen) return
    this.#isHeld = false
    this.#link.resumeReceiving()
  }

  #decode(data: Encoded): void {
    if (this.#reception.isOver) return
    let message: Message
    try {
      message = this.#serializer.decode(data, this.#trustsPayloads)
    } catch (error) {
      this.#closeCode = protocolError
      this.#reception.undecodable(error)
      return
    }
    this.#reception.message(message)
  }

  #wrongKind(kind: 'text' | 'binary'): void {
    this.#closeCode = unsupportedData
    this.#reception.violation(new ProtocolViolation(`a ${kind} message of WebSocket came, and ${this.#serializer.name} is not ${kind}`))
  }

  #addToBatch(encoded: Encoded): void {
    if (this.#batch.length === 0) this.#clock.defer(() => this.#flush())
    this.#batch.push(encoded)
    this.#batchSize += encoded.length
    if (this.#batchSize >= fullBatch) this.#flush()
  }

  #flush(): void {
    if (this.#batch.length === 0) return
    const batch = this.#serializer.join(this.#batch)
    this.#batch = []
    this.#batchSize = 0
    this.#link.sendMessage(batch)
  }
}

const nothingAhead = { readAhead: false }

/** RFC 6455 §7.4.1. */
const normalClosure = 1000
const protocolError = 1002
const unsupportedData = 1003

/** The size above which a batch does not wait for the end of the turn. */
const fullBatch = 64 * 1024
