import type { ByteStream } from '../../bytes/byte-stream.ts'
import { chosenMasker } from '../../bytes/masker.ts'
import type { Octets } from '../../bytes/octets.ts'
import type { Runtime } from '../../bytes/runtime.ts'
import { ExtensionChain } from '../extending/extension-chain.ts'
import { PreparedFrame } from '../extending/prepared-frame.ts'
import { ApiMisuse, UnsentLimitExceeded } from '../faults/errors.ts'
import { shownValue } from '../faults/shown-value.ts'
import { checkControlFrame } from '../frames/control-frame.ts'
import { Opcode } from '../frames/opcode.ts'
import type { FrameOptions, SendOptions, SendOutcome } from '../frames/send-options.ts'
import type { WireTap } from '../frames/wire-tap.ts'
import type { ConnectionState } from '../life/connection-state.ts'
import type { Borrower, Loans } from '../life/loans.ts'
import type { Timings } from '../life/timings.ts'
import type { TrafficStats } from '../life/traffic-stats.ts'
import type { CommonOptions } from '../options/options.ts'
import { DrainWatch } from './drain-watch.ts'
import type { EncodingEvents } from './encoding-queue.ts'
import type { Flushable, FlushQueue } from './flush-queue.ts'
import { referenceFrom } from './frame-writer.ts'
import { Framer } from './framer.ts'
import { OutgoingBatch, type ScratchPool } from './outgoing-batch.ts'
import type { PreparedMessage } from './prepared-message.ts'
import { WaitingFrames } from './waiting-frames.ts'

/** The parts of a connection that its outbox needs. */
export interface OutboxParts {
  readonly stream: ByteStream
  /** The protocol, for taps. */
  readonly hooks: object
  readonly wireTap: WireTap | undefined
  readonly shared: {
    readonly runtime: Runtime
    readonly pool: ScratchPool
    readonly flushes: FlushQueue
    readonly sendingHalves: Loans<SendingHalf>
    /** `masks`: whether our frames are masked, as those of clients are (RFC 6455 §5.1). */
    readonly role: { readonly masks: boolean }
    readonly options: OutboxOptions
  }
}

export type OutboxOptions = Pick<CommonOptions, 'applyMask' | 'autoFragmentSize' | 'sendHighWaterMark' | 'maxUnsentSize' | 'unsentPolicy'>

export interface OutboxEvents {
  /** Shows octets on their way to the transport to a tap; `undefined` where there is none. Read when the first octets go. */
  readonly octetsTap: ((octets: Octets) => void) | undefined
  /** A send method has returned "stop", and everything has gone out since. */
  writableAgain(): void
  /** Our close frame is on its way to the transport. */
  closeFrameSent(): void
  /** Called when an extension could not transform a message. */
  encoderFailed(error: unknown): void
  /** Called when octets could not be passed to the transport. `mayTell`: a close frame can still be sent. */
  flushFailed(error: unknown, mayTell: boolean): void
  /** More than `maxUnsentSize` is unsent, under the policy `drop`. */
  unsentLimitExceeded(message: string): void
}

/** A framer and the batch that it writes into. They serve one connection at a time, and another one when that is at rest. */
export interface SendingHalf {
  readonly framer: Framer
  readonly batch: OutgoingBatch
  /** The events of the connection that is served. */
  events: OutboxEvents
}

/**
 * The sending half of one connection: decides what may go now, what waits, what is skipped, and when octets leave. It is one class because
 * all of these decisions look at the same sum, `bufferedAmount`.
 *
 * Before the connection is open, sending is misuse. Once our close frame is begun, what is to be sent is counted and skipped.
 *
 * A `Framer` makes the frames. It is borrowed while something is sent: most connections of a server say nothing most of the time.
 *
 * The message of a broadcast is kept as a reference, and written when the `FlushQueue` comes to this connection: to write it for thousands
 * at once would keep the event loop. Whatever the connection sends before goes behind it.
 */
export class Outbox implements Flushable, EncodingEvents, Borrower<SendingHalf> {
  readonly #parts: OutboxParts
  readonly #state: ConnectionState
  readonly #stats: TrafficStats
  readonly #timings: Timings | undefined
  readonly #events: OutboxEvents
  #chain: ExtensionChain = ExtensionChain.none
  /** Borrowed while something is sent. The next two fields are its parts. */
  #half: SendingHalf | undefined
  #framer: Framer | undefined
  #batch: OutgoingBatch | undefined
  #waiting: WaitingFrames | undefined
  #drain: DrainWatch | undefined
  /** The message of a broadcast that waits to be written. There is mostly one, so a list is made for the second. */
  #due: PreparedMessage | PreparedFrame | undefined
  #alsoDue: (PreparedMessage | PreparedFrame)[] | undefined
  #dueOctets = 0
  /** Octets of broadcasts that are taken without a look at the limits. */
  #unlooked = 0
  /** Whether the last send method returned "stop". Broadcasts look at this before they ask anything that costs more. */
  #isFull = false
  #isReading = false
  #isFlushQueued = false
  /** Octets that the transport was given by the opening handshake, and by batches before the present one. */
  #handedEarlier = 0
  /** Octets of the present batch that the transport had been given when the last turn ended in which something was sent. */
  #handedBefore = 0

  constructor(parts: OutboxParts, state: ConnectionState, stats: TrafficStats, timings: Timings | undefined, events: OutboxEvents) {
    this.#parts = parts
    this.#state = state
    this.#stats = stats
    this.#timings = timings
    this.#events = events
  }

  /** Opens the outbox: the opening handshake is done. */
  open(chain: ExtensionChain): void {
    const { maxUnsentSize, sendHighWaterMark } = this.#parts.shared.options
    this.#chain = chain
    this.#unlooked = maxUnsentSize === 0 ? mostUnlooked : Math.min(mostUnlooked, maxUnsentSize - sendHighWaterMark)
  }

  // ---- how much is unsent

  /** Octets that were taken and not yet handed to the system. */
  get bufferedAmount(): number {
    const { bufferedAmount } = this.#parts.stream
    if (this.#framer === undefined) return bufferedAmount + this.#dueOctets
    return bufferedAmount + this.#dueOctets + this.#batch!.length + this.#framer.waitingOctets + (this.#waiting?.octets ?? 0)
  }

  /** Octets that the transport was given so far, those of the opening handshake included. */
  get handed(): number {
    return this.#handedEarlier + (this.#batch?.handed ?? 0)
  }

  /** Whether the connection is open and below its high-water mark. */
  get isWritable(): boolean {
    return this.#state.maySend && this.#isBelowMark()
  }

  /** Whether a whole message would be sent now: there is room for it, and no other is begun. */
  get takesMessage(): boolean {
    return this.isWritable && !this.#isInMessage()
  }

  /** Whether a frame is being streamed: no other frame can go between its octets. */
  get isInFrame(): boolean {
    return this.#framer?.isInFrame === true
  }

  // ---- whole messages

  sendMessage(payload: Octets | string, isBinary: boolean, options: SendOptions): SendOutcome {
    if (!this.#mayBegin('sendMessage')) return 'skipped'
    this.#timings?.track('sendMessage')
    if (!this.#hasRoom()) return 'skipped'
    return this.#outcome(this.#made().putMessage(payload, isBinary, options))
  }

  sendPreparedMessage(message: PreparedMessage): SendOutcome {
    return this.#mayBegin('sendPreparedMessage') ? this.#putPreparedMessage(message) : 'skipped'
  }

  // ---- messages frame by frame, and as streams

  beginMessage(isBinary: boolean, options: SendOptions): SendOutcome {
    if (!this.#mayBegin('beginMessage') || !this.#hasRoomForRest()) return 'skipped'
    return this.#outcome(this.#made().openMessage(isBinary, options))
  }

  sendMessageFrame(payload: Octets, options: FrameOptions): SendOutcome {
    if (!this.#mayBegin('sendMessageFrame') || !this.#hasRoomForRest()) return 'skipped'
    return this.#outcome(this.#made().putFrame(payload, options))
  }

  endMessage(): SendOutcome {
    if (!this.#mayBegin('endMessage') || !this.#hasRoomForRest()) return 'skipped'
    return this.#outcome(this.#made().closeMessage())
  }

  beginMessageFrame(length: number | bigint, options: FrameOptions): SendOutcome {
    if (!this.#mayBegin('beginMessageFrame') || !this.#hasRoomForRest()) return 'skipped'
    return this.#outcome(this.#made().openFrame(length, options))
  }

  /**
   * Sends octets of the frame that was begun; it may be completed while our close frame waits for its end. Returns a number as
   * AutobahnPython's API does: if all octets were taken, how many the frame still misses, at most 2^53-1; if not, minus the number of those
   * that were not.
   */
  sendMessageFrameData(payload: Octets): number {
    const completes = this.#state.isCloseWaiting && this.isInFrame
    if ((!completes && !this.#mayBegin('sendMessageFrameData')) || !this.#hasRoomForRest()) return 0 - payload.length
    const framer = this.#made()
    const taken = framer.putData(payload)
    const missing = framer.missing
    // An encoder that fails ends the connection, and nothing follows then.
    this.#outcome(this.#state.maySend || this.#state.isCloseWaiting)
    return taken < payload.length ? taken - payload.length : missing
  }

  // ---- control frames, and frames of extensions

  sendPing(payload: Octets): SendOutcome {
    if (!this.#mayBegin('sendPing')) return 'skipped'
    checkControlFrame(Opcode.Ping, payload, true)
    return this.#hasRoom() ? this.#putControl(Opcode.Ping, payload) : 'skipped'
  }

  /** Sends a ping of the connection's own. Those of `AutoPing` are few, and go without regard to `maxUnsentSize`. */
  sendAutoPing(payload: Octets): void {
    checkControlFrame(Opcode.Ping, payload, true)
    this.#putControl(Opcode.Ping, payload)
  }

  /** Sends a pong, or has it wait while there is no room: only the latest one. */
  sendPong(payload: Octets): SendOutcome {
    if (!this.#mayBegin('sendPong')) return 'skipped'
    checkControlFrame(Opcode.Pong, payload, true)
    if (!this.isInFrame && this.#isBelowMark() && !this.#isAboveLimit()) return this.#putControl(Opcode.Pong, payload)
    this.#wait().replacePong(payload)
    this.#askForDrain()
    return 'full'
  }

  sendFrame(opcode: number, payload: Octets, isFinal: boolean, reserved: number): SendOutcome {
    if (!this.#mayBegin('sendFrame')) return 'skipped'
    this.#checkClaim(opcode, reserved)
    checkControlFrame(opcode, payload, isFinal)
    if (this.isInFrame) throw new ApiMisuse('sendFrame inside a frame that is not complete')
    if (!this.#hasRoom()) return 'skipped'
    this.#made().putOtherFrame(opcode, payload, isFinal, reserved)
    return this.#written()
  }

  sendPreparedFrame(frame: PreparedFrame): SendOutcome {
    if (!this.#mayBegin('sendPreparedFrame')) return 'skipped'
    this.#checkClaim(frame.opcode, frame.reserved)
    return this.#putPreparedFrame(frame)
  }

  // ---- broadcasts

  /**
   * Takes the message of a broadcast, unless another message is begun, and returns whether it did. `evenSlow`: takes it also on a slow
   * connection; above `maxUnsentSize` the policy applies.
   */
  offer(message: PreparedMessage, evenSlow: boolean): boolean {
    return !this.#isInMessage() && this.#offer(message, evenSlow)
  }

  /**
   * Takes the frame of a broadcast as `offer` takes a message, if an extension of this connection claims it. Such frames go between those
   * of a message, so a message that is begun does not prevent it, but a frame that is begun does.
   */
  offerFrame(frame: PreparedFrame, evenSlow: boolean): boolean {
    return !this.isInFrame && this.#chain.claims(frame) && this.#offer(frame, evenSlow)
  }

  /** Writes the messages of broadcasts that wait. */
  writeDue(): void {
    const due = this.#due
    if (due === undefined) return
    const alsoDue = this.#alsoDue
    this.#forgetDue()
    this.#writeOffered(due)
    if (alsoDue !== undefined) for (const message of alsoDue) this.#writeOffered(message)
  }

  // ---- the opening handshake, and the end

  writeOpening(octets: Octets): void {
    this.#stats.outgoingOctetsWireLevel += octets.length
    this.#stats.preopenOutgoingOctetsWireLevel += octets.length
    this.#handedEarlier += octets.length
    this.#events.octetsTap?.(octets)
    this.#parts.stream.write(octets)
  }

  /**
   * Sends our close frame, the last frame of this side, now or when nothing is in front of it any more. `closeFrameSent` tells when it is
   * sent.
   */
  sendClose(payload: Octets): void {
    this.#wait().setClose(payload)
    this.#releaseClose()
  }

  /** Forgets what waits to be written. A close frame follows that says why the connection fails. */
  abandon(): void {
    this.#forgetDue()
    this.#framer?.abandon()
    this.#waiting = undefined
  }

  /** Forgets everything that was not given to the transport. */
  discard(): void {
    this.abandon()
    this.#batch?.discard()
    this.#drain = undefined
  }

  // ---- when octets leave

  /** A read event begins: what it makes the connection send leaves at its end. */
  readingBegan(): void {
    this.#isReading = true
    if (this.#batch !== undefined) this.#batch.expectsMany = true
  }

  readingEnded(): void {
    this.writeDue()
    this.#isReading = false
    if (this.#batch !== undefined) this.#batch.expectsMany = false
    this.#flushTurn()
  }

  /** Hands to the transport what was written. */
  flush(): void {
    if (this.#framer === undefined) return
    this.#batch!.flush()
    this.#batch!.mayBeginInFrame = this.#framer.isInFrame
  }

  /** Called by the flush queue at the end of a turn. */
  flushNow(): void {
    // what is written now leaves with this flush
    this.#isFlushQueued = true
    this.writeDue()
    this.#isFlushQueued = false
    this.#flushTurn()
  }

  /** Called by the flush queue when `flushNow` has thrown. */
  flushFailed(error: unknown): void {
    this.#events.flushFailed(error, false)
  }

  /**
   * Returns how a caller who wants its octets back should send them: as they are, as a copy, or as they are and then wait for `whenGone`.
   *
   * Batches that are flushed at once cost less to wait for than to copy. An echo of 64 KiB takes 28.5 µs with waiting and 36 µs with a
   * copy; one of 16 KiB takes 11.3 µs and 10.2 µs.
   */
  reuse(length: number): Reuse {
    if (!this.#state.maySend || length < referenceFrom) return Reuse.AtOnce
    if (this.#chain.hasEncoder) return Reuse.OfCopy
    const { role, options } = this.#parts.shared
    if (role.masks && options.applyMask) return Reuse.AtOnce
    return length < flushFrom ? Reuse.OfCopy : Reuse.WhenGone
  }

  /** Calls back once everything that was sent so far has gone: at once, if it can go at once, and never if the connection ends before. */
  whenGone(callback: () => void): void {
    if (this.#state.phase === 'connecting' || this.#state.phase === 'closed') return
    this.flush()
    if (this.bufferedAmount === 0 && this.#state.maySend) return callback()
    this.#watch().whenGone(callback)
    this.#askForDrain()
  }

  /** Takes note that the transport has handed everything to the system. */
  drained(): void {
    const drain = this.#drain
    if (drain === undefined) return
    if (drain.answered() && this.#drain === drain) this.#askForDrain()
    if (this.#waiting?.hasPong === true && !this.isInFrame && this.#state.maySend) this.#releasePong(this.#waiting)
    if (!drain.owesDrain) return
    if (this.#isBelowMark()) {
      drain.owesDrain = false
      this.#events.writableAgain()
    } else if (this.#isTransportBehind()) this.#askForDrain()
  }

  // ---- for the encoding queue

  jobWritten(): void {
    this.#written()
  }

  /** Lets go what waited for messages that an extension had to encode first. */
  queueEmptied(): void {
    this.#releaseWaiting()
    if (this.#drain?.owesDrain === true) this.#askForDrain()
  }

  encodingFailed(error: unknown): void {
    this.#events.encoderFailed(error)
  }

  // ---- what may go now

  /** Tells whether something may be begun in this state. Messages of broadcasts that wait are written first, so that they go in front. */
  #mayBegin(method: string): boolean {
    if (this.#due !== undefined) this.writeDue()
    if (this.#state.maySend) return true
    if (this.#state.phase === 'connecting') throw new ApiMisuse(`${method} before the connection is open`)
    this.#stats.outgoingMessagesNotSent++
    return false
  }

  /** Tells whether there is room for more below `maxUnsentSize`; if there is none, the policy applies. */
  #hasRoom(): boolean {
    if (!this.#isAboveLimit()) return true
    const { unsentPolicy } = this.#parts.shared.options
    this.#stats.outgoingMessagesNotSent++
    this.#isFull = true
    if (unsentPolicy === 'throw') throw new UnsentLimitExceeded(this.#tooMuch)
    if (unsentPolicy === 'drop') this.#events.unsentLimitExceeded(this.#tooMuch)
    else this.#stopCaller()
    return false
  }

  /**
   * Tells whether there is room for the rest of a message. It cannot be skipped, since a hole in a message would break the stream. Under
   * the policy `skip` as much again as `maxUnsentSize` is taken of it; above that nothing is left but to drop the connection.
   */
  #hasRoomForRest(): boolean {
    const { maxUnsentSize, unsentPolicy } = this.#parts.shared.options
    if (unsentPolicy !== 'skip') return this.#hasRoom()
    if (maxUnsentSize === 0 || this.bufferedAmount <= 2 * maxUnsentSize) return true
    this.#stats.outgoingMessagesNotSent++
    this.#events.unsentLimitExceeded(this.#tooMuch)
    return false
  }

  #isBelowMark(): boolean {
    return this.bufferedAmount <= this.#parts.shared.options.sendHighWaterMark
  }

  #isAboveLimit(): boolean {
    const { maxUnsentSize } = this.#parts.shared.options
    return maxUnsentSize !== 0 && this.bufferedAmount > maxUnsentSize
  }

  get #tooMuch(): string {
    const { maxUnsentSize } = this.#parts.shared.options
    return `${this.bufferedAmount} octets are unsent, above the limit of ${maxUnsentSize}: the peer reads too slowly`
  }

  /**
   * Tells whether there are octets for the transport to hand on. If all that is unsent waits here (for an encoder, for the end of a
   * streamed frame, or for the flush queue), the transport would answer at once, and be asked without end. `#written` asks when they have
   * moved.
   */
  #isTransportBehind(): boolean {
    return this.#parts.stream.bufferedAmount > 0 || (this.#batch !== undefined && this.#batch.length > 0)
  }

  #isInMessage(): boolean {
    return this.#framer?.isInMessage === true
  }

  /** Whether the connection is above its mark, and octets wait that were waiting before this turn of the event loop began. */
  get #isSlow(): boolean {
    if (this.#isBelowMark()) return false
    return this.#batch !== undefined && this.#batch.handed - this.#parts.stream.bufferedAmount < this.#handedBefore
  }

  #checkClaim(opcode: number, reserved: number): void {
    const { opcodes, reservedBits } = this.#chain
    if (!Number.isInteger(reserved) || reserved < 0 || reserved > 7)
      throw new ApiMisuse(`reserved bits must be 0 to 7, and not ${shownValue(reserved)}`)
    if (!opcodes.has(opcode)) throw new ApiMisuse(`opcode ${shownValue(opcode)} is not claimed by an extension`)
    if ((reserved & ~reservedBits) !== 0) throw new ApiMisuse(`reserved bits ${reserved} are not claimed by an extension`)
  }

  // ---- what is put

  #putPreparedMessage(message: PreparedMessage): SendOutcome {
    return this.#hasRoom() ? this.#outcome(this.#made().putPreparedMessage(message)) : 'skipped'
  }

  #putPreparedFrame(frame: PreparedFrame): SendOutcome {
    if (this.isInFrame) throw new ApiMisuse('sendPreparedFrame inside a frame that is not complete')
    if (!this.#hasRoom()) return 'skipped'
    this.#made().putPreparedFrame(frame)
    return this.#written()
  }

  #putControl(opcode: number, payload: Octets): SendOutcome {
    if (this.isInFrame) this.#wait().addControl(opcode, payload)
    else this.#made().putOtherFrame(opcode, payload, true, 0)
    return this.#written()
  }

  #offer(message: PreparedMessage | PreparedFrame, evenSlow: boolean): boolean {
    if (!this.#state.maySend) return false
    if (this.#isFull || this.#dueOctets > this.#unlooked) {
      if (!evenSlow && this.#isSlow) return false
      if (this.#isAboveLimit()) {
        this.writeDue()
        return this.#writeOffered(message) !== 'skipped' && this.#state.maySend
      }
    }
    this.#dueOctets += message.payload.length
    if (this.#due === undefined) {
      this.#due = message
      this.#parts.shared.flushes.add(this)
    } else {
      this.#alsoDue ??= []
      this.#alsoDue.push(message)
    }
    return true
  }

  /**
   * Writes the message of a broadcast. The policy `throw` counts as skipped here, because the broadcaster is not the slow peer; the result
   * of the broadcast tells.
   */
  #writeOffered(message: PreparedMessage | PreparedFrame): SendOutcome {
    if (!this.#state.maySend) return 'skipped'
    try {
      return message instanceof PreparedFrame ? this.#putPreparedFrame(message) : this.#putPreparedMessage(message)
    } catch (error) {
      if (!(error instanceof UnsentLimitExceeded)) this.#events.encoderFailed(error)
      return 'skipped'
    }
  }

  #forgetDue(): void {
    this.#due = this.#alsoDue = undefined
    this.#dueOctets = 0
  }

  /** Goes on after a part of a message was put: frames that waited for its end may follow. */
  #outcome(isTaken: boolean): SendOutcome {
    if (!isTaken) return 'skipped'
    if (this.#waiting !== undefined) this.#releaseWaiting()
    return this.#written()
  }

  /** Has the octets that were written leave with what else this turn brings; large batches leave at once. */
  #written(): SendOutcome {
    if (this.#batch !== undefined && this.#batch.length >= flushFrom) this.flush()
    else this.#flushLater()
    this.#isFull = !this.#isBelowMark()
    if (!this.#isFull) {
      if (this.#drain?.owesDrain === true) this.#askForDrain()
      return this.#state.maySend ? 'sent' : 'full'
    }
    this.#flushLater()
    this.#stopCaller()
    return 'full'
  }

  // ---- what waits

  #wait(): WaitingFrames {
    this.#waiting ??= new WaitingFrames()
    return this.#waiting
  }

  #releaseWaiting(): void {
    const waiting = this.#waiting
    if (waiting === undefined || this.isInFrame) return
    for (const { opcode, payload } of waiting.takeControls()) this.#made().putOtherFrame(opcode, payload, true, 0)
    if (waiting.hasPong && this.#isBelowMark()) this.#releasePong(waiting)
    this.#releaseClose()
  }

  #releasePong(waiting: WaitingFrames): void {
    this.#putControl(Opcode.Pong, waiting.takePong())
  }

  #releaseClose(): void {
    const waiting = this.#waiting
    if (waiting?.hasClose !== true || this.isInFrame || this.#framer?.isEncoding === true) return
    this.#made().putOtherFrame(Opcode.Close, waiting.takeClose(), true, 0)
    this.#written()
    this.#state.closeSent()
    this.flush()
    this.#events.closeFrameSent()
  }

  // ---- leaving

  /**
   * Has the flush queue flush at the end of this turn, even if nothing is left to flush: `#isSlow` has to know when the turn ended.
   */
  #flushLater(): void {
    if (this.#isReading || this.#isFlushQueued) return
    this.#isFlushQueued = true
    this.#parts.shared.flushes.add(this)
  }

  #flushTurn(): void {
    this.#isFlushQueued = false
    this.flush()
    if (this.#batch !== undefined) this.#handedBefore = this.#batch.handed
  }

  /** Has `onDrain` follow, since a send method returns "stop". */
  #stopCaller(): void {
    this.#watch().owesDrain = true
    this.#askForDrain()
  }

  #askForDrain(): void {
    const drain = this.#watch()
    if (drain.isAsking) return
    this.flush()
    drain.ask()
  }

  #watch(): DrainWatch {
    this.#drain ??= new DrainWatch(this.#parts.stream)
    return this.#drain
  }

  // ---- what is made when it is first needed

  /** A method and not a getter: a private getter costs a call into the engine each time (Node 20), which shows per message. */
  #made(): Framer {
    return this.#framer ?? this.#make()
  }

  #make(): Framer {
    const { stream, wireTap, shared } = this.#parts
    const isAlone = this.#chain !== ExtensionChain.none || wireTap !== undefined || this.#events.octetsTap !== undefined
    const half = isAlone ? this.makeItem() : shared.sendingHalves.borrow(this)
    if (half.events !== this.#events) {
      half.events = this.#events
      half.batch.serve(stream, this.#stats)
      half.framer.serve(this.#stats, this)
    }
    half.batch.expectsMany = this.#isReading
    this.#half = half
    this.#batch = half.batch
    this.#framer = half.framer
    return half.framer
  }

  makeItem(): SendingHalf {
    const { stream, hooks, wireTap, shared } = this.#parts
    const { runtime, pool, options, role } = shared
    const failed = (error: unknown, isIntact: boolean): void => half.events.flushFailed(error, isIntact)
    const batch = new OutgoingBatch(stream, pool, this.#stats, this.#events.octetsTap, failed)
    const rules = { masks: role.masks, masker: chosenMasker(options.applyMask, runtime.masker), wireTap }
    const framer = new Framer({
      batch,
      chain: this.#chain,
      rules,
      runtime,
      stats: this.#stats,
      source: hooks,
      autoFragmentSize: options.autoFragmentSize,
      events: this,
    })
    const half: SendingHalf = { framer, batch, events: this.#events }
    return half
  }

  /** Whether the borrowed half is at rest: nothing that was sent is left here or with the transport, and no message is begun. */
  get sparesItem(): boolean {
    if (this.#isReading || this.#isFlushQueued || this.#framer?.isInMessage !== false) return false
    return this.#batch!.isAtRest && this.#parts.stream.bufferedAmount === 0
  }

  itemTaken(): void {
    this.#handedEarlier += this.#batch!.handed
    this.#handedBefore = 0
    this.#half = this.#framer = this.#batch = undefined
  }

  /** Gives the borrowed half back, since the connection is gone. */
  endLoan(): void {
    if (this.#half !== undefined) this.#parts.shared.sendingHalves.end(this.#half)
  }
}

/** When octets that are sent may be used again: after the call, after the call if a copy is sent, or when they have gone. */
export const Reuse = { AtOnce: 0, OfCopy: 1, WhenGone: 2 } as const
export type Reuse = (typeof Reuse)[keyof typeof Reuse]

/**
 * Octets of broadcasts that a connection takes before it looks at its limits. A look costs more than all else that is done to take a
 * message.
 */
const mostUnlooked = 16 * 1024

/** Octets of a batch that leaves at once: larger batches gain nothing, and latency suffers. */
const flushFrom = 64 * 1024
