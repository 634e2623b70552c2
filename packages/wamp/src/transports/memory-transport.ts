import { ApiMisuse, type Clock, shownValue, type Timer } from '@autobahn-ts/websocket/portable'
import type { Message } from '../messages/message.ts'
import type { Encoded } from '../messages/payload.ts'
import type { Serializer } from '../serializers/serializer.ts'
import { checkSize, octetsOf } from './check-size.ts'
import { type EncodedFormat, encodedFormat } from './encoded-message.ts'
import {
  type MessageFormat,
  MessageTooLarge,
  type MessageTransport,
  type PreparedMessage,
  type TransportDetails,
  type TransportEnd,
  type TransportListener,
} from './message-transport.ts'
import { Reception, type ReportError } from './reception.ts'

/** Options of a pair in memory. Sizes are in octets where messages are encoded; a message that is not counts as 256 octets. */
export interface MemoryTransportOptions {
  /** Encodes and decodes each message, as between two processes. Default: messages are handed over as they are. */
  readonly serializer?: Serializer
  /** The largest message that either end takes. Default: 16 MiB. */
  readonly maxMessageSize?: number
  /** The amount that may wait for the other end before `isWritable` is false. Default: 64 KiB. */
  readonly highWaterMark?: number
  /** The amount that may wait for the other end before the transport is dropped. Default: 16 MiB. */
  readonly maxUnsentSize?: number
  /** The number of seconds that `close` waits for the other end to take what was sent; then it is dropped. Default: 5. */
  readonly closeTimeout?: number
  /** Details of the first and of the second end that differ from those of a plain pair, such as the fields of a request. */
  readonly details?: readonly [Partial<TransportDetails>, Partial<TransportDetails>]
  /** Takes errors that a listener has thrown. Default: prints them. */
  readonly onError?: ReportError
}

/**
 * Makes two joined transports: messages that are sent on one arrive on the other. For sessions in the process of their router, and for tests.
 *
 * Messages arrive in deferred turns of the clock, in order, never within `send`. Without a serializer they are handed over as they are, so neither
 * side may change the values of a message after it was sent.
 */
export function memoryTransports(clock: Clock, options: MemoryTransportOptions = {}): [MemoryTransport, MemoryTransport] {
  const one = new MemoryTransport(clock, options, options.details?.[0])
  const other = new MemoryTransport(clock, options, options.details?.[1])
  one.join(other)
  other.join(one)
  return [one, other]
}

/** One end of a pair in memory. */
export class MemoryTransport implements MessageTransport {
  readonly format: MessageFormat
  readonly details: TransportDetails
  readonly maxSendSize: number
  readonly #serializer: Serializer | undefined
  #trustsPayloads = false
  readonly #encoded: EncodedFormat | undefined
  readonly #clock: Clock
  readonly #highWaterMark: number
  readonly #maxUnsentSize: number
  readonly #closeTimeout: number
  readonly #reception: Reception
  #peer: MemoryTransport = this
  /** Messages and marks that this end has not got yet. */
  #incoming: Item[] = []
  #incomingSize = 0
  #state: State = State.Open
  #isPaused = false
  #isStalled = false
  #isDelivering = false
  /** Whether `isWritable` was false since the last `onWritable`. */
  #isFull = false
  #deadline: Timer | undefined

  constructor(clock: Clock, options: MemoryTransportOptions, details: Partial<TransportDetails> = {}) {
    const { maxMessageSize = 16 * MiB, highWaterMark = 64 * 1024, maxUnsentSize = 16 * MiB, closeTimeout = 5, onError } = options
    const { serializer } = options
    this.#serializer = serializer
    this.#encoded = serializer === undefined ? undefined : encodedFormat('memory', serializer)
    this.format = this.#encoded ?? memoryFormat
    this.details = { kind: 'memory', peer: '', isSecure: false, headers: {}, ...details }
    this.maxSendSize = maxMessageSize
    this.#clock = clock
    this.#highWaterMark = highWaterMark
    this.#maxUnsentSize = maxUnsentSize
    this.#closeTimeout = closeTimeout
    this.#reception = new Reception(this, clock, onError)
  }

  /** Sets the other end. */
  join(peer: MemoryTransport): void {
    this.#peer = peer
  }

  get bufferedAmount(): number {
    return this.#peer.#incomingSize
  }

  get isWritable(): boolean {
    return this.#state === State.Open && this.bufferedAmount <= this.#highWaterMark
  }

  open(listener: TransportListener): void {
    this.#reception.open(listener)
    this.#deliverLater()
  }

  send(message: Message): void {
    if (this.#state !== State.Open) return
    if (this.#serializer === undefined) this.#put({ size: plainSize, message })
    else this.#putEncoded(this.#serializer.encode(message))
  }

  sendPrepared(prepared: PreparedMessage): void {
    if (this.#encoded !== undefined) {
      const { encoded } = this.#encoded.own(prepared)
      if (this.#state === State.Open) this.#putEncoded(encoded)
      return
    }
    if (!(prepared instanceof PreparedInMemory))
      throw new ApiMisuse(`sendPrepared takes a message that the format of this transport has prepared, and not ${shownValue(prepared)}`)
    if (this.#state === State.Open) this.#put({ size: plainSize, message: prepared.message })
  }

  trustPayloads(): void {
    this.#trustsPayloads = true
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    this.#deliverLater()
  }

  /** Lets nothing arrive at this end until `flow` is called, as at a peer that hangs: neither messages nor the end. For tests. */
  stall(): void {
    this.#isStalled = true
  }

  flow(): void {
    this.#isStalled = false
    this.#deliverLater()
  }

  close(): void {
    if (this.#state !== State.Open) return
    this.#state = State.Closing
    this.#reception.stop()
    this.#peer.#take({ size: 0, end: closedByPeer })
    this.#deadline = this.#clock.schedule(() => this.abort('the other end did not take what was sent'), this.#closeTimeout * 1000)
  }

  abort(reason: string): void {
    if (this.#state === State.Closed) return
    const peer = this.#peer
    peer.#incoming = []
    peer.#incomingSize = 0
    peer.#take({ size: 0, end: lost })
    this.#ended({ wasClean: false, reason })
  }

  #putEncoded(data: Encoded): void {
    checkSize(data, this.maxSendSize)
    this.#put({ size: octetsOf(data).length, data })
  }

  #put(item: Item): void {
    if (item.size > this.maxSendSize) throw new MessageTooLarge(item.size, this.maxSendSize)
    this.#peer.#take(item)
    const unsent = this.bufferedAmount
    if (unsent > this.#maxUnsentSize) this.abort(`more than ${this.#maxUnsentSize} octets wait for the other end`)
    else if (unsent > this.#highWaterMark) this.#isFull = true
  }

  #take(item: Item): void {
    if (this.#state === State.Closed) return
    this.#incoming.push(item)
    this.#incomingSize += item.size
    this.#deliverLater()
  }

  #deliverLater(): void {
    if (this.#isDelivering || !this.#canDeliver) return
    this.#isDelivering = true
    this.#clock.defer(() => {
      this.#isDelivering = false
      this.#deliver()
      this.#deliverLater()
    })
  }

  get #canDeliver(): boolean {
    return this.#reception.isOpen && !this.#isPaused && !this.#isStalled && this.#state !== State.Closed && this.#incoming.length > 0
  }

  /** Delivers what has arrived until now. What arrives meanwhile waits for the next turn. */
  #deliver(): void {
    const items = this.#incoming
    this.#incoming = []
    let at = 0
    while (at < items.length && this.#mayDeliver) this.#deliverOne(items[at++]!)
    if (this.#state === State.Closed) return
    if (at < items.length) this.#incoming = [...items.slice(at), ...this.#incoming]
    this.#peer.#drained()
  }

  get #mayDeliver(): boolean {
    return !this.#isPaused && !this.#isStalled && this.#state !== State.Closed
  }

  #deliverOne(item: Item): void {
    this.#incomingSize = Math.max(0, this.#incomingSize - item.size)
    if (item.message !== undefined) this.#reception.message(item.message)
    else if (item.data !== undefined) this.#decode(item.data)
    else this.#peerEnded(item.end)
  }

  #decode(data: Encoded): void {
    let message: Message
    try {
      message = this.#serializer!.decode(data, this.#trustsPayloads)
    } catch (error) {
      this.#reception.undecodable(error)
      return
    }
    this.#reception.message(message)
  }

  #peerEnded(end: TransportEnd): void {
    if (end.wasClean) this.#peer.#ended({ wasClean: true, reason: 'closed by this side' })
    this.#ended(end)
  }

  #drained(): void {
    if (!this.#isFull || this.bufferedAmount > 0 || this.#state !== State.Open) return
    this.#isFull = false
    this.#reception.writable()
  }

  #ended(end: TransportEnd): void {
    if (this.#state === State.Closed) return
    this.#state = State.Closed
    this.#deadline?.cancel()
    this.#incoming = []
    this.#incomingSize = 0
    this.#reception.stop()
    this.#clock.defer(() => this.#reception.closed(end))
  }
}

/** A message of a pair in memory. */
class PreparedInMemory implements PreparedMessage {
  readonly size: number = plainSize
  readonly message: Message

  constructor(message: Message) {
    this.message = message
  }
}

const State = { Open: 0, Closing: 1, Closed: 2 } as const
type State = (typeof State)[keyof typeof State]

/** An item on its way: a message, perhaps encoded, or the end. */
type Item =
  | { readonly size: number; readonly message: Message; readonly data?: undefined; readonly end?: undefined }
  | { readonly size: number; readonly data: Encoded; readonly message?: undefined; readonly end?: undefined }
  | { readonly size: 0; readonly end: TransportEnd; readonly message?: undefined; readonly data?: undefined }

const closedByPeer: TransportEnd = { wasClean: true, reason: 'closed by the peer' }
const lost: TransportEnd = { wasClean: false, reason: 'the peer has dropped the transport' }

/** The size that a message counts as, because it is not encoded. */
const plainSize = 256

const memoryFormat: MessageFormat = { serializer: 'json', prepare: message => new PreparedInMemory(message) }

const MiB = 1024 * 1024
