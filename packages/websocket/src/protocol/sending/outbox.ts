import { copyOf, type Octets } from '../../bytes/octets.ts'
import { ExtensionChain } from '../extending/extension-chain.ts'
import { PreparedFrame } from '../extending/prepared-frame.ts'
import { ApiMisuse, UnsentLimitExceeded } from '../faults/errors.ts'
import { shownValue } from '../faults/shown-value.ts'
import { checkControlFrame } from '../frames/control-frame.ts'
import { Opcode } from '../frames/opcode.ts'
import type { FrameOptions, SendOptions, SendOutcome } from '../frames/send-options.ts'
import type { ConnectionState } from '../life/connection-state.ts'
import type { Borrower, Loans } from '../life/loans.ts'
import type { Timings } from '../life/timings.ts'
import type { TrafficStats } from '../life/traffic-stats.ts'
import { DrainWatch } from './drain-watch.ts'
import type { Flushable, FlushQueue } from './flush-queue.ts'
import { referenceFrom } from './frame-writer.ts'
import type { Framer } from './framer.ts'
import type { PreparedMessage } from './prepared-message.ts'
import { type SendingConnection, SendingHalf, type SendingHalfParts } from './sending-half.ts'
import { isAboveLimit, isAboveLimitOfRest, isAboveMark, tooMuchUnsent, type UnsentOptions, uncheckedOctets } from './unsent-limits.ts'
import { type Broadcast, type BroadcastWriter, WaitingBroadcasts } from './waiting-broadcasts.ts'
import { WaitingFrames } from './waiting-frames.ts'

/** The parts of a connection that its outbox needs. */
export interface OutboxParts extends SendingHalfParts {
  readonly shared: SendingHalfParts['shared'] & {
    readonly flushes: FlushQueue
    readonly sendingHalves: Loans<SendingHalf>
    readonly options: UnsentOptions
  }
}

export interface OutboxEvents {
  /** Shows octets on their way to the transport to a tap; `undefined` where there is none. Read when the first octets go. */
  readonly octetsTap: ((octets: Octets) => void) | undefined
  /** Shows an observer each message that is sent; `undefined` where there is none. Read when the first octets go. */
  readonly messageTap?: ((isBinary: boolean, size: number) => void) | undefined
  /** A send method has returned `full`, and everything has gone out since. */
  writableAgain(): void
  /** Our close frame is on its way to the transport. */
  closeFrameSent(): void
  /** Called when an extension could not transform a message. */
  encoderFailed(error: unknown): void
  /** Called when octets could not be passed to the transport. `isBetweenFrames`: a close frame can still be sent. */
  flushFailed(error: unknown, isBetweenFrames: boolean): void
  /** More than `maxUnsentSize` is unsent, and the connection is to be dropped for it. */
  unsentLimitExceeded(message: string): void
}

/**
 * The send methods of one connection, each with what may go now, and what becomes of the rest.
 *
 * A method asks three things, in this order. Does the state let the application send (`#begin`)? Do the limits leave room for it
 * (`unsent-limits`)? Is a frame being streamed, into which no other can go (`waiting-frames`)? What may go is put by a `Framer`, which is
 * borrowed while something is sent (`sending-half`): most connections of a server say nothing most of the time.
 *
 * Octets leave together with what else the turn of the event loop or the read event brings, at its end (`NextFlush`).
 */
export class Outbox implements Flushable, SendingConnection, BroadcastWriter, Borrower<SendingHalf> {
  readonly stats: TrafficStats
  readonly #parts: OutboxParts
  readonly #state: ConnectionState
  readonly #timings: Timings | undefined
  readonly #events: OutboxEvents
  #chain: ExtensionChain = ExtensionChain.none
  /** Borrowed while something is sent. */
  #half: SendingHalf | undefined
  /** This and the next two are made when something has to wait for the first time. */
  #frames: WaitingFrames | undefined
  #broadcasts: WaitingBroadcasts | undefined
  #drain: DrainWatch | undefined
  /** Whether the last send method has returned `full`. Broadcasts look at this before they ask anything that costs more. */
  #isFull = false
  #nextFlush: NextFlush = NextFlush.NotPlanned
  /** Octets that the transport was given before the present half was borrowed: by the opening handshake, and by other halves. */
  #handedBeforeLoan = 0

  constructor(parts: OutboxParts, state: ConnectionState, stats: TrafficStats, timings: Timings | undefined, events: OutboxEvents) {
    this.stats = stats
    this.#parts = parts
    this.#state = state
    this.#timings = timings
    this.#events = events
  }

  /** Opens the outbox: the opening handshake is done. */
  open(chain: ExtensionChain): void {
    this.#chain = chain
  }

  // ---- how much is unsent

  /** Octets that were taken and not yet handed to the system. */
  get bufferedAmount(): number {
    const { bufferedAmount } = this.#parts.stream
    const inBroadcasts = this.#broadcasts?.octets ?? 0
    if (this.#half === undefined) return bufferedAmount + inBroadcasts
    return bufferedAmount + inBroadcasts + this.#half.waitingOctets + (this.#frames?.octets ?? 0)
  }

  /** Octets that the transport was given so far, those of the opening handshake included. */
  get handed(): number {
    return this.#handedBeforeLoan + (this.#half?.batch.handed ?? 0)
  }

  /** Whether the connection is open and below its high-water mark. */
  get isWritable(): boolean {
    return this.#state.maySend && !this.#isAboveMark()
  }

  /** Whether a whole message would be sent now: there is room for it, and no other is begun. */
  get takesMessage(): boolean {
    return this.isWritable && !this.#isInMessage()
  }

  /** Whether a frame is being streamed: no other frame can go between its octets. */
  get isInFrame(): boolean {
    return this.#half?.framer.isInFrame === true
  }

  // ---- whole messages

  sendMessage(payload: Octets | string, isBinary: boolean, options: SendOptions): SendOutcome {
    if (!this.#begin('sendMessage')) return 'skipped'
    this.#timings?.track('sendMessage')
    if (this.#isAboveLimit()) return this.#refuse()
    return this.#goOnIf(this.#framer().putMessage(payload, isBinary, options))
  }

  /**
   * Sends a binary message whose octets the caller may change as soon as this returns. For the lengths for which `reuse` returns `OfCopy`.
   *
   * A transport that takes octets at once is given the copy in a scratch, which is used again. An array for each copy made V8 collect its
   * whole heap each time that 64 MiB of them had been made, and an echo of 16 KiB took twice the time.
   */
  sendCopy(payload: Octets): SendOutcome {
    if (!this.#begin('sendMessage')) return 'skipped'
    this.#timings?.track('sendMessage')
    if (this.#isAboveLimit()) return this.#refuse()
    const framer = this.#framer()
    return this.#goOnIf(
      this.#parts.stream.writesAtOnce === true ? framer.putCopy(payload) : framer.putMessage(copyOf(payload, 0, payload.length), true, {}),
    )
  }

  sendPreparedMessage(message: PreparedMessage): SendOutcome {
    return this.#begin('sendPreparedMessage') ? this.#putPreparedMessage(message) : 'skipped'
  }

  // ---- messages frame by frame, and as streams

  beginMessage(isBinary: boolean, options: SendOptions): SendOutcome {
    if (!this.#begin('beginMessage')) return 'skipped'
    if (this.#isAboveLimitOfRest()) return this.#refuseRest()
    return this.#goOnIf(this.#framer().openMessage(isBinary, options))
  }

  sendMessageFrame(payload: Octets, options: FrameOptions): SendOutcome {
    if (!this.#begin('sendMessageFrame')) return 'skipped'
    if (this.#isAboveLimitOfRest()) return this.#refuseRest()
    return this.#goOnIf(this.#framer().putFrame(payload, options))
  }

  endMessage(): SendOutcome {
    if (!this.#begin('endMessage')) return 'skipped'
    if (this.#isAboveLimitOfRest()) return this.#refuseRest()
    return this.#goOnIf(this.#framer().closeMessage())
  }

  beginMessageFrame(length: number | bigint, options: FrameOptions): SendOutcome {
    if (!this.#begin('beginMessageFrame')) return 'skipped'
    if (this.#isAboveLimitOfRest()) return this.#refuseRest()
    return this.#goOnIf(this.#framer().openFrame(length, options))
  }

  /**
   * Sends octets of the frame that was begun; it may be completed while our close frame waits for its end. Returns a number as
   * AutobahnPython's API does: if all octets were taken, how many the frame still misses, at most 2^53-1; if not, minus the number of those
   * that were not.
   */
  sendMessageFrameData(payload: Octets): number {
    const completes = this.#state.isCloseWaiting && this.isInFrame
    if (!completes && !this.#begin('sendMessageFrameData')) return 0 - payload.length
    if (this.#isAboveLimitOfRest()) {
      this.#refuseRest()
      return 0 - payload.length
    }
    const framer = this.#framer()
    const taken = framer.putData(payload)
    const missing = framer.missing
    // An encoder that fails ends the connection, and nothing follows then.
    this.#goOnIf(this.#state.maySend || this.#state.isCloseWaiting)
    return taken < payload.length ? taken - payload.length : missing
  }

  // ---- control frames, and frames of extensions

  sendPing(payload: Octets): SendOutcome {
    if (!this.#begin('sendPing')) return 'skipped'
    checkControlFrame(Opcode.Ping, payload, true)
    return this.#isAboveLimit() ? this.#refuse() : this.#putControl(Opcode.Ping, payload)
  }

  /** Sends a ping of the connection's own. Those of `AutoPing` are few, and go without regard to `maxUnsentSize`. */
  sendAutoPing(payload: Octets): void {
    checkControlFrame(Opcode.Ping, payload, true)
    this.#putControl(Opcode.Ping, payload)
  }

  /** Sends a pong, or has it wait while there is no room: only the latest one. */
  sendPong(payload: Octets): SendOutcome {
    if (!this.#begin('sendPong')) return 'skipped'
    checkControlFrame(Opcode.Pong, payload, true)
    if (!this.isInFrame && !this.#isAboveMark() && !this.#isAboveLimit()) {
      this.#frames?.forgetPong()
      return this.#putControl(Opcode.Pong, payload)
    }
    this.#waitingFrames().replacePong(payload)
    this.#askForDrain()
    return 'full'
  }

  sendFrame(opcode: number, payload: Octets, isFinal: boolean, reserved: number): SendOutcome {
    if (!this.#begin('sendFrame')) return 'skipped'
    this.#checkClaim(opcode, reserved)
    checkControlFrame(opcode, payload, isFinal)
    if (this.isInFrame) throw new ApiMisuse('sendFrame inside a frame that is not complete')
    if (this.#isAboveLimit()) return this.#refuse()
    this.#framer().putOtherFrame(opcode, payload, isFinal, reserved)
    return this.#written()
  }

  sendPreparedFrame(frame: PreparedFrame): SendOutcome {
    if (!this.#begin('sendPreparedFrame')) return 'skipped'
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

  /** Writes what broadcasts have brought. Called before anything else is sent, so that it goes in front. */
  writeDue(): void {
    this.#broadcasts?.writeTo(this)
  }

  /**
   * Writes the message or frame of a broadcast, and returns what became of it. The policy `throw` counts as skipped here, because the
   * broadcaster is not the slow peer; the result of the broadcast tells.
   */
  writeBroadcast(broadcast: Broadcast): SendOutcome {
    if (!this.#state.maySend) return 'skipped'
    try {
      return broadcast instanceof PreparedFrame ? this.#putPreparedFrame(broadcast) : this.#putPreparedMessage(broadcast)
    } catch (error) {
      if (!(error instanceof UnsentLimitExceeded)) this.#events.encoderFailed(error)
      return 'skipped'
    }
  }

  // ---- the opening handshake, and the end

  writeOpening(octets: Octets): void {
    this.stats.outgoingOctetsWireLevel += octets.length
    this.stats.preopenOutgoingOctetsWireLevel += octets.length
    this.#handedBeforeLoan += octets.length
    this.#events.octetsTap?.(octets)
    this.#parts.stream.write(octets)
  }

  /**
   * Sends our close frame, the last frame of this side, now or when nothing is in front of it any more. `closeFrameSent` tells when it is
   * sent.
   */
  sendClose(payload: Octets): void {
    this.#waitingFrames().setClose(payload)
    this.#releaseClose()
  }

  /** Forgets what waits to be written. A close frame follows that says why the connection fails. */
  abandon(): void {
    this.#broadcasts?.clear()
    this.#half?.framer.abandon()
    this.#frames = undefined
  }

  /** Forgets everything that was not given to the transport. */
  discard(): void {
    this.abandon()
    this.#half?.batch.discard()
    this.#drain = undefined
  }

  // ---- when octets leave

  /** A read event begins: what it makes the connection send leaves at its end. */
  readingBegan(): void {
    this.#nextFlush = NextFlush.AfterReading
    if (this.#half !== undefined) this.#half.batch.expectsMany = true
  }

  readingEnded(): void {
    this.writeDue()
    if (this.#half !== undefined) this.#half.batch.expectsMany = false
    this.#endTurn()
  }

  /** Called by the flush queue at the end of a turn. */
  flushNow(): void {
    this.#nextFlush = NextFlush.AfterBroadcasts
    this.writeDue()
    this.#endTurn()
  }

  /** Fails the connection for a flush that failed. The flush queue calls it when `flushNow` has thrown, a batch when the transport has. */
  flushFailed(error: unknown, isBetweenFrames = false): void {
    this.#events.flushFailed(error, isBetweenFrames)
  }

  /** Hands to the transport what was written. */
  flush(): void {
    this.#half?.flush()
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
    this.#drainWatch().whenGone(callback)
    this.#askForDrain()
  }

  /** Takes note that the transport has handed everything to the system. */
  drained(): void {
    const drain = this.#drain
    if (drain === undefined) return
    const othersWait = drain.transportDrained()
    // A callback may have ended the connection, and then nobody waits any more.
    if (othersWait && this.#drain === drain) this.#askForDrain()
    if (this.#frames?.hasPong === true && !this.isInFrame && this.#state.maySend) this.#releasePong(this.#frames)
    if (!drain.owesDrain) return
    if (!this.#isAboveMark()) {
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
    this.#releaseFrames()
    if (this.#drain?.owesDrain === true) this.#askForDrain()
  }

  encodingFailed(error: unknown): void {
    this.#events.encoderFailed(error)
  }

  // ---- the sending half, which is borrowed

  makeItem(): SendingHalf {
    return new SendingHalf(this.#parts, this.#chain, this)
  }

  /** Whether the borrowed half is at rest: nothing that was sent is left here or with the transport, and no message is begun. */
  get sparesItem(): boolean {
    return this.#nextFlush === NextFlush.NotPlanned && this.#half?.isAtRest === true && this.#parts.stream.bufferedAmount === 0
  }

  itemTaken(): void {
    this.#handedBeforeLoan += this.#half!.batch.handed
    this.#half = undefined
  }

  /** Gives the borrowed half back, since the connection is gone. */
  endLoan(): void {
    if (this.#half !== undefined) this.#parts.shared.sendingHalves.end(this.#half)
  }

  get octetsTap(): ((octets: Octets) => void) | undefined {
    return this.#events.octetsTap
  }

  get messageTap(): ((isBinary: boolean, size: number) => void) | undefined {
    return this.#events.messageTap
  }

  /** Returns the framer, borrowed if there is none. A method: a private getter costs a call into the engine each time (Node 20). */
  #framer(): Framer {
    return this.#half === undefined ? this.#borrowHalf().framer : this.#half.framer
  }

  /** Borrows a half. A connection with extensions or taps has one of its own, since these are built into it. */
  #borrowHalf(): SendingHalf {
    const { stream, wireTap, shared } = this.#parts
    const isWatched = wireTap !== undefined || this.#events.octetsTap !== undefined || this.#events.messageTap !== undefined
    const isAlone = this.#chain !== ExtensionChain.none || isWatched
    const half = isAlone ? this.makeItem() : shared.sendingHalves.borrow(this)
    half.serve(this, stream)
    half.batch.expectsMany = this.#nextFlush === NextFlush.AfterReading
    this.#half = half
    return half
  }

  // ---- what may go now

  /**
   * Begins a call of the application: writes what broadcasts have brought, so that it goes in front. Returns false, and counts the call as
   * not sent, if our close frame is begun. Throws `ApiMisuse` before the connection is open.
   */
  #begin(method: string): boolean {
    if (this.#broadcasts !== undefined) this.#broadcasts.writeTo(this)
    if (this.#state.maySend) return true
    if (this.#state.phase === 'connecting') throw new ApiMisuse(`${method} before the connection is open`)
    this.stats.outgoingMessagesNotSent++
    return false
  }

  #isAboveMark(): boolean {
    return isAboveMark(this.bufferedAmount, this.#parts.shared.options)
  }

  #isAboveLimit(): boolean {
    const { options } = this.#parts.shared
    return options.maxUnsentSize !== 0 && isAboveLimit(this.bufferedAmount, options)
  }

  #isAboveLimitOfRest(): boolean {
    const { options } = this.#parts.shared
    return options.maxUnsentSize !== 0 && isAboveLimitOfRest(this.bufferedAmount, options)
  }

  /** Applies the policy to something that is above `maxUnsentSize`: throws, drops the connection, or skips it and has the caller stop. */
  #refuse(): SendOutcome {
    const { options } = this.#parts.shared
    this.stats.outgoingMessagesNotSent++
    this.#isFull = true
    const why = tooMuchUnsent(this.bufferedAmount, options)
    if (options.unsentPolicy === 'throw') throw new UnsentLimitExceeded(why)
    if (options.unsentPolicy === 'drop') this.#events.unsentLimitExceeded(why)
    else this.#stopCaller()
    return 'skipped'
  }

  /** Applies the policy to the rest of a message. It cannot be skipped: in place of that, the connection is dropped. */
  #refuseRest(): SendOutcome {
    const { options } = this.#parts.shared
    if (options.unsentPolicy !== 'skip') return this.#refuse()
    this.stats.outgoingMessagesNotSent++
    this.#events.unsentLimitExceeded(tooMuchUnsent(this.bufferedAmount, options))
    return 'skipped'
  }

  #isInMessage(): boolean {
    return this.#half?.framer.isInMessage === true
  }

  /**
   * Tells whether the peer reads slowly: the connection is above its mark, with octets that were waiting before this turn of the event loop
   * began. What was sent in this turn makes no peer slow.
   */
  #isSlow(): boolean {
    return this.#isAboveMark() && this.#half?.batch.holdsOldOctets === true
  }

  #checkClaim(opcode: number, reserved: number): void {
    const { opcodes, reservedBits } = this.#chain
    if (!Number.isInteger(reserved) || reserved < 0 || reserved > 7)
      throw new ApiMisuse(`reserved bits must be 0 to 7, and not ${shownValue(reserved)}`)
    if (!opcodes.has(opcode)) throw new ApiMisuse(`opcode ${shownValue(opcode)} is not claimed by an extension`)
    if ((reserved & ~reservedBits) !== 0) throw new ApiMisuse(`reserved bits ${reserved} are not claimed by an extension`)
  }

  // ---- what goes

  #putPreparedMessage(message: PreparedMessage): SendOutcome {
    if (this.#isAboveLimit()) return this.#refuse()
    return this.#goOnIf(this.#framer().putPreparedMessage(message))
  }

  #putPreparedFrame(frame: PreparedFrame): SendOutcome {
    if (this.isInFrame) throw new ApiMisuse('sendPreparedFrame inside a frame that is not complete')
    if (this.#isAboveLimit()) return this.#refuse()
    this.#framer().putPreparedFrame(frame)
    return this.#written()
  }

  #putControl(opcode: number, payload: Octets): SendOutcome {
    if (this.isInFrame) this.#waitingFrames().addControl(opcode, payload)
    else this.#framer().putOtherFrame(opcode, payload, true, 0)
    return this.#written()
  }

  /**
   * Takes what a broadcast brings. It is written when the flush queue comes to this connection; above `maxUnsentSize` it is written, or
   * refused, at once.
   */
  #offer(broadcast: Broadcast, evenSlow: boolean): boolean {
    if (!this.#state.maySend) return false
    this.#broadcasts ??= new WaitingBroadcasts(uncheckedOctets(this.#parts.shared.options))
    const broadcasts = this.#broadcasts
    if (this.#isFull || broadcasts.needsCheck) {
      if (!evenSlow && this.#isSlow()) return false
      if (this.#isAboveLimit()) {
        this.writeDue()
        return this.writeBroadcast(broadcast) !== 'skipped' && this.#state.maySend
      }
    }
    if (broadcasts.isEmpty) this.#parts.shared.flushes.add(this)
    broadcasts.add(broadcast)
    return true
  }

  /** Goes on after the framer has put a part of a message, if it was taken: frames that waited for its end may follow. */
  #goOnIf(isTaken: boolean): SendOutcome {
    if (!isTaken) return 'skipped'
    if (this.#frames !== undefined) this.#releaseFrames()
    return this.#written()
  }

  /**
   * Has the octets that were written leave with what else this turn brings; large batches leave at once. Returns whether the caller should
   * go on.
   */
  #written(): SendOutcome {
    const leavesNow = this.#half !== undefined && this.#half.batch.length >= flushFrom
    if (leavesNow) this.flush()
    this.#isFull = this.#isAboveMark()
    // On a full connection the end of the turn has to be seen even if everything has left: `#isSlow` asks what is older than the turn.
    if (!leavesNow || this.#isFull) this.#endTurnLater()
    if (this.#isFull) {
      this.#stopCaller()
      return 'full'
    }
    if (this.#drain?.owesDrain === true) this.#askForDrain()
    return this.#state.maySend ? 'sent' : 'full'
  }

  #endTurnLater(): void {
    if (this.#nextFlush !== NextFlush.NotPlanned) return
    this.#nextFlush = NextFlush.ByQueue
    this.#parts.shared.flushes.add(this)
  }

  #endTurn(): void {
    this.#nextFlush = NextFlush.NotPlanned
    this.#half?.endTurn()
  }

  // ---- what waits

  #waitingFrames(): WaitingFrames {
    this.#frames ??= new WaitingFrames()
    return this.#frames
  }

  #releaseFrames(): void {
    const frames = this.#frames
    if (frames === undefined || this.isInFrame) return
    for (const { opcode, payload } of frames.takeControls()) this.#framer().putOtherFrame(opcode, payload, true, 0)
    if (frames.hasPong && !this.#isAboveMark()) this.#releasePong(frames)
    this.#releaseClose()
  }

  #releasePong(frames: WaitingFrames): void {
    this.#putControl(Opcode.Pong, frames.takePong())
  }

  #releaseClose(): void {
    const frames = this.#frames
    if (frames?.hasClose !== true || this.isInFrame || this.#half?.framer.isEncoding === true) return
    this.#framer().putOtherFrame(Opcode.Close, frames.takeClose(), true, 0)
    this.#written()
    this.#state.closeSent()
    this.flush()
    this.#events.closeFrameSent()
  }

  // ---- who waits

  /** Has `onDrain` follow, since a send method returns `full`. */
  #stopCaller(): void {
    this.#drainWatch().owesDrain = true
    this.#askForDrain()
  }

  #askForDrain(): void {
    const drain = this.#drainWatch()
    if (drain.isAsking) return
    this.flush()
    drain.ask()
  }

  #drainWatch(): DrainWatch {
    this.#drain ??= new DrainWatch(this.#parts.stream)
    return this.#drain
  }

  /**
   * Tells whether there are octets for the transport to hand on. If all that is unsent waits here (for an encoder, for the end of a
   * streamed frame, or for the flush queue), the transport would answer at once, and be asked without end. `#written` asks when they have
   * moved.
   */
  #isTransportBehind(): boolean {
    return this.#parts.stream.bufferedAmount > 0 || (this.#half !== undefined && this.#half.batch.length > 0)
  }
}

/** The occasion on which the octets that are written next are flushed, together with what is written until then. */
const NextFlush = {
  /** Nothing yet: the connection has to be put into the flush queue. */
  NotPlanned: 0,
  /** The flush queue, at the end of the turn of the event loop. */
  ByQueue: 1,
  /** The end of the read event that is under way. */
  AfterReading: 2,
  /** `flushNow`, which is under way and still writes what broadcasts have brought. */
  AfterBroadcasts: 3,
} as const
type NextFlush = (typeof NextFlush)[keyof typeof NextFlush]

/** When octets that are sent may be used again: after the call, after the call if a copy is sent, or when they have gone. */
export const Reuse = { AtOnce: 0, OfCopy: 1, WhenGone: 2 } as const
export type Reuse = (typeof Reuse)[keyof typeof Reuse]

/** Octets of a batch that leaves at once: larger batches gain nothing, and latency suffers. */
const flushFrom = 64 * 1024
