import type { ByteStream } from '../../bytes/byte-stream.ts'
import { copyOf, type Octets } from '../../bytes/octets.ts'
import type { Runtime } from '../../bytes/runtime.ts'
import type { ExtensionChain } from '../extending/extension-chain.ts'
import { checkExtensionFrame, type PreparedFrame } from '../extending/prepared-frame.ts'
import { ApiMisuse, UnsentLimitExceeded } from '../faults/errors.ts'
import { Opcode } from '../frames/opcode.ts'
import type { SendOptions } from '../frames/send-options.ts'
import type { ConnectionState } from '../life/connection-state.ts'
import type { TrafficStats } from '../life/traffic-stats.ts'
import type { CommonOptions } from '../options/options.ts'
import type { EncodingEvents } from './encoding-queue.ts'
import type { Flushable, FlushQueue } from './flush-queue.ts'
import { referenceFrom, type WriterRules } from './frame-writer.ts'
import { Framer } from './framer.ts'
import { OutgoingBatch, type ScratchPool } from './outgoing-batch.ts'
import type { PreparedMessage } from './prepared-message.ts'

export interface OutgoingEvents {
  /** `sendHighWaterMark` was exceeded, and everything has gone out since. */
  writableAgain(): void
  /** An extension could not transform what is to be sent. */
  encoderFailed(error: unknown): void
  /** What was to be sent could not be handed to the transport. `mayTell`: a close frame can still be sent. */
  flushFailed(error: unknown, mayTell: boolean): void
  /** A peer that does not read, under the policy `drop`. */
  unsentLimitExceeded(message: string): void
}

export type OutgoingOptions = Pick<CommonOptions, 'autoFragmentSize' | 'sendHighWaterMark' | 'maxUnsentSize' | 'unsentPolicy'>

/**
 * The sending half of an open connection: what may go now, what waits, how much is unsent.
 *
 * Control frames that come while a frame is being streamed wait for its end (RFC 6455 §5.5 has them between frames).
 * At most one pong waits: RFC 6455 §5.5.3 allows answering the latest ping only, and a flood of pings must cost nothing.
 */
export class Outgoing implements Flushable, EncodingEvents {
  readonly #state: ConnectionState
  readonly #stream: ByteStream
  readonly #flushes: FlushQueue
  readonly #runtime: Runtime
  readonly #options: OutgoingOptions
  readonly #stats: TrafficStats
  readonly #events: OutgoingEvents
  readonly #batch: OutgoingBatch
  readonly #framer: Framer
  /** Whether octets are copied when they are sent, however many: masked, and not left to an extension. */
  readonly #copiesAll: boolean
  readonly #hasEncoder: boolean
  /** Callbacks for when everything has gone, and how many of them there were when the transport was last asked to tell. */
  #whenGone: (() => void)[] = []
  #asked = 0
  #isFlushDeferred = false
  #isReading = false
  #wantsDrain = false
  #isNotifying = false
  #waiting: { readonly opcode: number; readonly payload: Octets }[] | undefined
  /** Octets of the control frames that wait for the end of the frame being streamed. */
  #waitingOctets = 0
  #pong: Octets | undefined
  /** Octets that the transport had been given when the last turn of the event loop ended in which something was sent. */
  #handedBefore = 0
  /** A close frame that waits for the end of the frame being streamed, or for messages that wait for an extension. */
  #close: { readonly payload: Octets; readonly then: () => void } | undefined

  constructor(parts: {
    readonly state: ConnectionState
    readonly stream: ByteStream
    readonly runtime: Runtime
    readonly pool: ScratchPool
    readonly flushes: FlushQueue
    readonly options: OutgoingOptions
    readonly rules: WriterRules
    readonly chain: ExtensionChain
    readonly stats: TrafficStats
    readonly source: object
    readonly sent: ((octets: Octets) => void) | undefined
    readonly events: OutgoingEvents
  }) {
    this.#state = parts.state
    this.#stream = parts.stream
    this.#flushes = parts.flushes
    this.#runtime = parts.runtime
    this.#options = parts.options
    this.#stats = parts.stats
    this.#events = parts.events
    this.#batch = new OutgoingBatch(parts.stream, parts.pool, parts.stats, parts.sent, (error, isIntact) =>
      this.flushFailed(error, isIntact),
    )
    this.#copiesAll = parts.rules.masks && parts.rules.masker !== undefined && !parts.chain.hasEncoder
    this.#hasEncoder = parts.chain.hasEncoder
    const { chain, rules, runtime, stats, source } = parts
    const { autoFragmentSize } = parts.options
    this.#framer = new Framer({ batch: this.#batch, chain, rules, runtime, stats, source, autoFragmentSize, events: this })
  }

  get bufferedAmount(): number {
    return this.#batch.length + this.#stream.bufferedAmount + this.#framer.waitingOctets + this.#waitingOctets
  }

  get isWritable(): boolean {
    return this.bufferedAmount <= this.#options.sendHighWaterMark
  }

  /** Whether octets wait that were waiting before this turn of the event loop began. */
  get isBehind(): boolean {
    return this.#batch.handed - this.#stream.bufferedAmount < this.#handedBefore
  }

  get isInFrame(): boolean {
    return this.#framer.isInFrame
  }

  get isInMessage(): boolean {
    return this.#framer.isInMessage
  }

  /**
   * Tells how octets of a length are to be sent so that the caller may use them again: as they are, as a copy, or not before `whenGone` calls.
   *
   * What is flushed at once costs less to wait for than to copy: an echo of 64 KiB 28.5 and 36 µs, one of 16 KiB 11.3 and 10.2.
   */
  reuse(length: number): Reuse {
    if (length < referenceFrom || this.#copiesAll) return Reuse.AtOnce
    return this.#hasEncoder || length < flushFrom ? Reuse.OfCopy : Reuse.WhenGone
  }

  /** Calls once everything that was sent so far has gone, now if it can go now. Never, where the connection ends before. */
  whenGone(callback: () => void): void {
    this.#flush()
    if (this.bufferedAmount === 0 && this.#state.maySend) return callback()
    this.#whenGone.push(callback)
    this.#askForDrain()
  }

  /** A whole message; false where nothing more should be sent now. */
  message(payload: Octets | string, isBinary: boolean, options: SendOptions): boolean {
    if (!this.#mayTakeMore()) return false
    return this.#framer.putMessage(payload, isBinary, options) && this.#sent()
  }

  prepared(message: PreparedMessage): boolean {
    if (!this.#mayTakeMore()) return false
    return this.#framer.putPreparedMessage(message) && this.#sent()
  }

  /** Goes on with a message. `undefined`: its octets were not taken, and the connection is dropped. */
  continue<Result>(write: (framer: Framer) => Result): Result | undefined {
    if (!this.#mayTakeRest()) return undefined
    const result = write(this.#framer)
    if (result !== false) this.#sent()
    return result
  }

  /** A ping of the application's; false where nothing more should be sent now, or where it was left out above `maxUnsentSize`. */
  ping(payload: Octets): boolean {
    checkControlSize(payload)
    return this.#mayTakeMore() && this.control(Opcode.Ping, payload)
  }

  control(opcode: number, payload: Octets): boolean {
    checkControlSize(payload)
    if (this.#framer.isInFrame) this.#wait(opcode, payload)
    else this.#framer.putOtherFrame(opcode, payload, true, 0)
    return this.#written()
  }

  pong(payload: Octets): boolean {
    checkControlSize(payload)
    if (this.#framer.isInFrame || !this.isWritable || this.#isAboveLimit) {
      this.#pong = copyOf(payload, 0, payload.length)
      this.#askForDrain()
      return false
    }
    return this.control(Opcode.Pong, payload)
  }

  reserved(opcode: number, payload: Octets, isFinal: boolean, reserved: number): boolean {
    checkExtensionFrame(opcode, payload, isFinal)
    if (this.#framer.isInFrame) throw new ApiMisuse('sendFrame inside a frame that is not complete')
    if (!this.#mayTakeMore()) return false
    this.#framer.putOtherFrame(opcode, payload, isFinal, reserved)
    return this.#written()
  }

  preparedFrame(frame: PreparedFrame): boolean {
    if (this.#framer.isInFrame) throw new ApiMisuse('sendPreparedFrame inside a frame that is not complete')
    if (!this.#mayTakeMore()) return false
    this.#framer.putPreparedFrame(frame)
    return this.#written()
  }

  /** The last frame of this side; `then` once it is written. */
  close(payload: Octets, then: () => void): void {
    if (this.#framer.isInFrame || this.#framer.isEncoding) this.#close = { payload, then }
    else this.#writeClose(payload, then)
  }

  /** What waits for an extension is not sent any more: for a close frame that says why. */
  abandon(): void {
    this.#framer.abandon()
  }

  readingBegan(): void {
    this.#isReading = this.#batch.expectsMany = true
  }

  readingEnded(): void {
    this.#isReading = this.#batch.expectsMany = false
    this.flushNow()
  }

  flush(): void {
    if (this.#batch.length > 0) this.#flush()
  }

  // ---- for the encoding queue

  jobWritten(): void {
    this.#written()
  }

  /** No message waits for an extension any more: what waited for that can go. */
  queueEmptied(): void {
    this.#releaseWaiting()
    if (this.#wantsDrain) this.#askForDrain()
  }

  encodingFailed(error: unknown): void {
    this.#events.encoderFailed(error)
  }

  /** Flushes at the end of a turn: for the flush queue. */
  flushNow(): void {
    this.#isFlushDeferred = false
    this.#flush()
    this.#handedBefore = this.#batch.handed
  }

  #flush(): void {
    this.#batch.flush()
    this.#batch.mayBeginInFrame = this.#framer.isInFrame
  }

  flushFailed(error: unknown, mayTell = false): void {
    this.#events.flushFailed(error, mayTell)
  }

  discard(): void {
    this.#batch.discard()
    this.#framer.abandon()
    this.#waiting = undefined
    this.#waitingOctets = 0
    this.#pong = undefined
    this.#whenGone = []
  }

  /** The transport has handed everything to the system. */
  drained(): void {
    this.#isNotifying = false
    this.#tellGone()
    if (this.#pong !== undefined && !this.#framer.isInFrame && this.#state.maySend) this.#releasePong()
    if (!this.#wantsDrain) return
    if (!this.isWritable) {
      if (!this.#framer.isEncoding) this.#askForDrain()
      return
    }
    this.#wantsDrain = false
    this.#events.writableAgain()
  }

  #tellGone(): void {
    const gone = this.#whenGone.splice(0, this.#asked)
    this.#asked = 0
    for (const callback of gone) callback()
    if (this.#whenGone.length > 0) this.#askForDrain()
  }

  get #isAboveLimit(): boolean {
    const { maxUnsentSize } = this.#options
    return maxUnsentSize !== 0 && this.bufferedAmount > maxUnsentSize
  }

  #mayTakeMore(): boolean {
    if (!this.#isAboveLimit) return true
    const { unsentPolicy } = this.#options
    this.#stats.outgoingMessagesNotSent++
    if (unsentPolicy === 'throw') throw new UnsentLimitExceeded(this.#tooMuch)
    if (unsentPolicy === 'drop') this.#events.unsentLimitExceeded(this.#tooMuch)
    else this.#stopCaller()
    return false
  }

  /**
   * The rest of a message that was begun cannot be skipped, since a hole in it would break the stream. Under the policy `skip` as much again as
   * `maxUnsentSize` is taken of it; above that nothing is left but to drop the connection.
   */
  #mayTakeRest(): boolean {
    const { maxUnsentSize, unsentPolicy } = this.#options
    if (unsentPolicy !== 'skip') return this.#mayTakeMore()
    if (maxUnsentSize === 0 || this.bufferedAmount <= 2 * maxUnsentSize) return true
    this.#stats.outgoingMessagesNotSent++
    this.#events.unsentLimitExceeded(this.#tooMuch)
    return false
  }

  get #tooMuch(): string {
    return `${this.bufferedAmount} octets are unsent, above the limit of ${this.#options.maxUnsentSize}: the peer reads too slowly`
  }

  #sent(): boolean {
    this.#releaseWaiting()
    return this.#written()
  }

  #wait(opcode: number, payload: Octets): void {
    this.#waiting ??= []
    this.#waiting.push({ opcode, payload: copyOf(payload, 0, payload.length) })
    this.#waitingOctets += smallestFrame + payload.length
  }

  /** Frames that waited for the end of the frame being streamed. */
  #releaseWaiting(): void {
    if (this.#framer.isInFrame) return
    if (this.#waiting !== undefined) {
      const waiting = this.#waiting
      this.#waiting = undefined
      this.#waitingOctets = 0
      for (const { opcode, payload } of waiting) this.#framer.putOtherFrame(opcode, payload, true, 0)
    }
    if (this.#pong !== undefined && this.isWritable) this.#releasePong()
    if (this.#close !== undefined && !this.#framer.isEncoding) this.#writeClose(this.#close.payload, this.#close.then)
  }

  #releasePong(): void {
    const payload = this.#pong!
    this.#pong = undefined
    this.control(Opcode.Pong, payload)
  }

  #writeClose(payload: Octets, then: () => void): void {
    this.#close = undefined
    this.#framer.putOtherFrame(Opcode.Close, payload, true, 0)
    this.#written()
    then()
  }

  /** Joined with what else this turn brings; large batches go at once. */
  #written(): boolean {
    if (this.#batch.length >= flushFrom) this.#flush()
    else this.#flushLater()
    if (this.isWritable) return this.#state.maySend
    this.#flushLater()
    this.#stopCaller()
    return false
  }

  /** At the end of this turn, also where nothing may be left to flush: it has to be known what was sent before the next one. */
  #flushLater(): void {
    if (this.#isReading || this.#isFlushDeferred) return
    this.#isFlushDeferred = true
    this.#flushes.add(this)
  }

  /** Who was told to stop is told when to go on. */
  #stopCaller(): void {
    this.#wantsDrain = true
    this.#askForDrain()
  }

  #askForDrain(): void {
    if (this.#isNotifying) return
    this.#isNotifying = true
    this.#flush()
    this.#asked = this.#whenGone.length
    this.#stream.notifyDrained()
  }
}

/** RFC 6455 §5.5. */
function checkControlSize(payload: Octets): void {
  if (payload.length > 125) throw new ApiMisuse(`a control frame holds at most 125 octets, and not ${payload.length}`)
}

/** When octets that are sent may be used again: after the call, after the call if a copy is sent, or when they have gone. */
export const Reuse = { AtOnce: 0, OfCopy: 1, WhenGone: 2 } as const
export type Reuse = (typeof Reuse)[keyof typeof Reuse]

/** Octets of the header of a control frame without a mask. */
const smallestFrame = 2

/** Larger batches gain nothing, and latency suffers. */
const flushFrom = 64 * 1024
