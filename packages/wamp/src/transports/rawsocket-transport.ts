import type { ByteStream, ByteStreamReader, Clock, Octets, Timer } from '@autobahn-ts/websocket/portable'
import type { Message } from '../messages/message.ts'
import type { Encoded } from '../messages/payload.ts'
import type { Serializer } from '../serializers/serializer.ts'
import { checkSize, octetsOf } from './check-size.ts'
import { type EncodedFormat, encodedFormat } from './encoded-message.ts'
import type { MessageTransport, PreparedMessage, TransportDetails, TransportEnd, TransportListener } from './message-transport.ts'
import { FrameType, frameOf, prefixSize, RawSocketReader, shortTextFrame, writePrefix } from './rawsocket-framing.ts'
import { Reception, type ReportError } from './reception.ts'

/** Settings of a transport over RawSocket, after the handshake. Times are in seconds and sizes in octets. */
export interface RawSocketSettings {
  readonly serializer: Serializer
  /** The largest frame that is taken. */
  readonly maxMessageSize: number
  readonly maxSendSize: number
  readonly details: TransportDetails
  readonly clock: Clock
  readonly limits: RawSocketLimits
  readonly onError?: ReportError | undefined
}

export interface RawSocketLimits {
  /** Unsent octets above which `isWritable` is false. */
  readonly highWaterMark: number
  /** Unsent octets above which the connection is dropped. */
  readonly maxUnsentSize: number
  /** The time that a peer has to take what was sent before the connection was closed. */
  readonly closeTimeout: number
  /** The silence after which a PING is sent; 0 sends none. */
  readonly pingInterval: number
  /** The time to wait for a sign of life after a PING before the connection is dropped; 0 waits for ever. */
  readonly pingTimeout: number
}

/**
 * A connection of WAMP over RawSocket after its handshake, on either side.
 *
 * What is sent in one turn leaves in one write. PINGs of the peer are answered, one PONG for each.
 */
export class RawSocketTransport implements MessageTransport, ByteStreamReader {
  readonly format: EncodedFormat
  readonly details: TransportDetails
  readonly maxSendSize: number
  readonly #stream: ByteStream
  readonly #serializer: Serializer
  #trustsPayloads = false
  readonly #clock: Clock
  readonly #limits: RawSocketLimits
  readonly #reception: Reception
  readonly #reader: RawSocketReader
  /** Frames that leave at the end of the turn. */
  #batch: Octets[] = []
  #batchSize = 0
  #state: State = State.Open
  #isPaused = false
  /** Whether `drained` of the stream was asked for. */
  #awaitsDrain = false
  #reason: string | undefined
  #deadline: Timer | undefined
  #pingTimer: Timer | undefined
  /** When octets last came or left, by the clock. */
  #lastSign: number

  constructor(stream: ByteStream, settings: RawSocketSettings) {
    this.format = encodedFormat('rawsocket', settings.serializer)
    this.details = settings.details
    this.maxSendSize = settings.maxSendSize
    this.#stream = stream
    this.#serializer = settings.serializer
    this.#clock = settings.clock
    this.#limits = settings.limits
    this.#reception = new Reception(this, settings.clock, settings.onError)
    this.#reader = new RawSocketReader(settings.maxMessageSize, this)
    this.#lastSign = settings.clock.now()
    this.#hold()
    this.#awaitSilence(this.#limits.pingInterval)
  }

  get bufferedAmount(): number {
    return this.#batchSize + this.#stream.bufferedAmount
  }

  get isWritable(): boolean {
    return this.#state === State.Open && this.bufferedAmount <= this.#limits.highWaterMark
  }

  open(listener: TransportListener): void {
    this.#reception.open(listener)
    if (!this.#isPaused && this.#state === State.Open) this.#clock.defer(() => this.#release())
  }

  send(message: Message): void {
    if (this.#state !== State.Open) return
    const encoded = this.#serializer.encode(message)
    checkSize(encoded, this.maxSendSize)
    this.#putEncoded(encoded)
  }

  sendPrepared(prepared: PreparedMessage): void {
    const message = this.format.own(prepared)
    if (this.#state !== State.Open) return
    checkSize(message.octets, this.maxSendSize)
    message.framed ??= frameOf(FrameType.Message, message.octets)
    this.#put(message.framed as Octets)
  }

  trustPayloads(): void {
    this.#trustsPayloads = true
  }

  pause(): void {
    if (this.#isPaused) return
    this.#isPaused = true
    this.#hold()
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    if (this.#reception.isOpen) this.#clock.defer(() => this.#release())
  }

  close(): void {
    if (this.#state !== State.Open) return
    this.#flush()
    this.#state = State.Closing
    this.#stopReading()
    this.#reason = 'closed by this side'
    this.#stream.end()
    this.#startDeadline()
  }

  abort(reason: string): void {
    if (this.#state === State.Closed || this.#state === State.Aborted) return
    this.#state = State.Aborted
    this.#reason = reason
    this.#forgetUnsent()
    this.#reception.stop()
    this.#reader.stop()
    this.#stream.destroy(true)
  }

  // ---- from the stream

  dataReceived(octets: Octets): void {
    this.#lastSign = this.#clock.now()
    if (this.#state !== State.Open) return
    try {
      this.#reader.receive(octets)
    } catch (error) {
      this.#reception.undecodable(error)
    }
  }

  drained(): void {
    this.#awaitsDrain = false
    this.#lastSign = this.#clock.now()
    if (this.#state !== State.Open) return
    if (this.bufferedAmount > 0) this.#askForDrain()
    else this.#reception.writable()
  }

  ended(): void {
    if (this.#state !== State.Open) {
      this.#stream.destroy(false)
      return
    }
    this.#flush()
    this.#state = State.Closing
    this.#reason ??= this.#reader.isBetweenFrames ? 'closed by the peer' : undefined
    this.#reader.stop()
    this.#startDeadline()
    this.#stream.destroy(false)
  }

  closed(error: Error | undefined): void {
    const wasClean = error === undefined && this.#state === State.Closing && this.#reason !== undefined
    const reason = this.#reason ?? (error === undefined ? 'the connection was lost' : `the connection was lost: ${error.message}`)
    this.#state = State.Closed
    this.#deadline?.cancel()
    this.#pingTimer?.cancel()
    this.#forgetUnsent()
    this.#reader.stop()
    this.#reception.closed({ wasClean, reason } satisfies TransportEnd)
  }

  // ---- from the reader

  /** Takes a frame that was read. */
  frame(type: FrameType, payload: Octets, isLent: boolean): void {
    if (type === FrameType.Message) this.#decode(payload, isLent)
    else if (type === FrameType.Ping) this.#put(frameOf(FrameType.Pong, payload))
  }

  // ---- within

  #decode(payload: Octets, isLent: boolean): void {
    let message: Message
    try {
      // decoded messages may keep a view of their octets
      message = this.#serializer.decode(isLent && this.#serializer.isBinary ? payload.slice() : payload, this.#trustsPayloads)
    } catch (error) {
      this.#reader.stop()
      this.#reception.undecodable(error)
      return
    }
    this.#reception.message(message)
  }

  #hold(): void {
    this.#reader.hold()
    this.#stream.pause()
  }

  #release(): void {
    if (this.#isPaused || this.#state !== State.Open) return
    try {
      this.#reader.resume()
    } catch (error) {
      this.#reception.undecodable(error)
    }
    if (!this.#isPaused && this.#isReadable) this.#stream.resume()
  }

  /** Whether the stream may be read. The methods of a listener that was just called may have ended the transport. */
  get #isReadable(): boolean {
    return this.#state === State.Open || this.#state === State.Closing
  }

  /** Reads on without looking, so that the end of the peer is seen. */
  #stopReading(): void {
    this.#reception.stop()
    this.#reader.stop()
    this.#stream.resume()
  }

  #putEncoded(encoded: Encoded): void {
    const short = typeof encoded === 'string' ? shortTextFrame(encoded) : undefined
    if (short !== undefined) return this.#put(short)
    const octets = octetsOf(encoded)
    if (octets.length <= copiedSize) return this.#put(frameOf(FrameType.Message, octets))
    const prefix = new Uint8Array(prefixSize)
    writePrefix(prefix, FrameType.Message, octets.length)
    this.#put(prefix)
    this.#put(octets)
  }

  #put(octets: Octets): void {
    if (this.#state !== State.Open) return
    if (this.#batch.length === 0) this.#clock.defer(() => this.#flush())
    this.#batch.push(octets)
    this.#batchSize += octets.length
    if (this.#batchSize >= fullBatch) this.#flush()
    const unsent = this.bufferedAmount
    if (unsent > this.#limits.maxUnsentSize) this.abort(`more than ${this.#limits.maxUnsentSize} octets are unsent`)
    else if (unsent > this.#limits.highWaterMark) this.#askForDrain()
  }

  #flush(): void {
    if (this.#batch.length === 0) return
    const batch = this.#batch
    this.#batch = []
    this.#batchSize = 0
    this.#stream.writeAll(batch)
  }

  #askForDrain(): void {
    if (this.#awaitsDrain) return
    this.#awaitsDrain = true
    this.#flush()
    this.#stream.notifyDrained()
  }

  #forgetUnsent(): void {
    this.#batch = []
    this.#batchSize = 0
  }

  #startDeadline(): void {
    this.#pingTimer?.cancel()
    const drop = (): void => this.abort('the peer did not take what was sent')
    this.#deadline ??= this.#clock.schedule(drop, this.#limits.closeTimeout * 1000)
  }

  // ---- pings

  #awaitSilence(seconds: number): void {
    if (this.#limits.pingInterval > 0) this.#pingTimer = this.#clock.schedule(() => this.#pingAfterSilence(), seconds * 1000)
  }

  #pingAfterSilence(): void {
    if (this.#state !== State.Open) return
    const { pingInterval, pingTimeout } = this.#limits
    const silence = (this.#clock.now() - this.#lastSign) / 1000
    if (silence < pingInterval || !this.#isListening) return this.#awaitSilence(Math.max(pingInterval - silence, leastWait))
    this.#put(frameOf(FrameType.Ping, randomOctets()))
    this.#flush()
    if (pingTimeout === 0) return this.#awaitSilence(pingInterval)
    const signAtPing = this.#lastSign
    const unsentAtPing = this.#stream.bufferedAmount
    this.#pingTimer = this.#clock.schedule(() => this.#pingTimedOut(signAtPing, unsentAtPing), pingTimeout * 1000)
  }

  /**
   * A peer is alive where octets have come, or where it reads 1 KiB per second of what was sent before the PING, which the PONG has to wait
   * for. A session that has paused its reading cannot see the PONG.
   */
  #pingTimedOut(signAtPing: number, unsentAtPing: number): void {
    if (this.#state !== State.Open) return
    const isAlive =
      this.#lastSign > signAtPing || unsentAtPing - this.#stream.bufferedAmount >= 1024 * this.#limits.pingTimeout || !this.#isListening
    if (isAlive) this.#awaitSilence(this.#limits.pingInterval)
    else this.abort(`no answer to a ping within ${this.#limits.pingTimeout} s`)
  }

  get #isListening(): boolean {
    return !this.#isPaused && this.#reception.isOpen
  }
}

const State = { Open: 0, Closing: 1, Aborted: 2, Closed: 3 } as const
type State = (typeof State)[keyof typeof State]

/** The size up to which a message is copied behind its prefix; a larger one is a piece of its own in the write. */
const copiedSize = 8 * 1024

/** The size above which frames do not wait for the end of the turn. */
const fullBatch = 64 * 1024

/** Seconds that a ping waits at least where a transport is paused. */
const leastWait = 1

function randomOctets(): Octets {
  return crypto.getRandomValues(new Uint8Array(12))
}
