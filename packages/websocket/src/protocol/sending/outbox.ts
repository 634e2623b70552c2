import { copyOf, type Octets } from '../../bytes/octets.ts'
import { ExtensionChain } from '../extending/extension-chain.ts'
import { PreparedFrame } from '../extending/prepared-frame.ts'
import { ApiMisuse, UnsentLimitExceeded } from '../faults/errors.ts'
import { checkControlFrame } from '../frames/control-frame.ts'
import { Opcode } from '../frames/opcode.ts'
import type { FrameOptions, SendOptions, SendOutcome } from '../frames/send-options.ts'
import type { ConnectionState } from '../life/connection-state.ts'
import type { Timings } from '../life/timings.ts'
import type { TrafficStats } from '../life/traffic-stats.ts'
import { BorrowedHalf, type BorrowedHalfParts, type BorrowingConnection } from './borrowed-half.ts'
import { DrainWatch } from './drain-watch.ts'
import type { PreparedMessage } from './prepared-message.ts'
import { Reuse, reuseOf } from './reuse.ts'
import { isAboveLimit, isAboveLimitOfRest, isAboveMark, tooMuchUnsent, type UnsentOptions, uncheckedOctets } from './unsent-limits.ts'
import { type Broadcast, WaitingBroadcasts } from './waiting-broadcasts.ts'
import { WaitingFrames } from './waiting-frames.ts'

/** The parts of a connection that its outbox needs. */
export interface OutboxParts extends BorrowedHalfParts {
  readonly shared: BorrowedHalfParts['shared'] & { readonly options: UnsentOptions }
}

export interface OutboxEvents {
  readonly stats: TrafficStats
  readonly timings: Timings | undefined
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
 * Messages, and their frames and pieces, go this way:
 *
 *     #admits ──────────────► framer ────────────────► #leave
 *     may it go now?          header, mask, payload    at the end of the turn, or at once where it is much
 *
 * `#admits` has two steps: `#beginCall` asks the state of the connection and writes what broadcasts have brought, so that it goes in front;
 * `#hasRoom` asks the limits of what is unsent. Control frames and frames of extensions take the steps one by one, since misuse of them
 * is told in between. What the connection sends by itself, the close frame and automatic pings, is not limited. While a frame is being
 * streamed no other can go: control frames wait in `WaitingFrames` until `#leave` releases them.
 *
 * The send methods return whether the caller should go on: `sent`; `full`, it was taken, and the caller should wait for `onDrain`; or
 * `skipped`, nothing was taken (decision 76).
 */
export class Outbox implements BorrowingConnection {
  readonly parts: OutboxParts
  readonly #state: ConnectionState
  readonly #events: OutboxEvents
  readonly #half: BorrowedHalf
  #chain: ExtensionChain = ExtensionChain.none
  /** This and the next two are made when something has to wait for the first time. */
  #frames: WaitingFrames | undefined
  #broadcasts: WaitingBroadcasts | undefined
  #drain: DrainWatch | undefined
  /** Whether the last send method has returned `full`. Broadcasts look at this before they ask anything that costs more. */
  #isFull = false

  constructor(parts: OutboxParts, state: ConnectionState, events: OutboxEvents) {
    this.parts = parts
    this.#state = state
    this.#events = events
    this.#half = new BorrowedHalf(this)
  }

  /** Takes the extensions that the opening handshake has agreed on. Without any there is no call. */
  open(chain: ExtensionChain): void {
    this.#chain = chain
  }

  // ---- whole messages

  sendMessage(payload: Octets | string, isBinary: boolean, options: SendOptions): SendOutcome {
    if (!this.#admits('sendMessage')) return 'skipped'
    this.#events.timings?.track('sendMessage')
    return this.#leaveIf(this.#half.framer.putMessage(payload, isBinary, options))
  }

  /**
   * Sends a binary message whose octets the caller may change as soon as this returns. For the lengths for which `reuse` returns `OfCopy`.
   *
   * A transport that takes octets at once is given the copy in a scratch, which is used again. An array for each copy made V8 collect its
   * whole heap each time that 64 MiB of them had been made, and an echo of 16 KiB took twice the time (decision 78).
   */
  sendCopy(payload: Octets): SendOutcome {
    if (this.parts.stream.writesAtOnce !== true) return this.sendMessage(copyOf(payload, 0, payload.length), true, {})
    if (!this.#admits('sendMessage')) return 'skipped'
    this.#events.timings?.track('sendMessage')
    return this.#leaveIf(this.#half.framer.putCopy(payload))
  }

  sendPreparedMessage(message: PreparedMessage): SendOutcome {
    return this.#beginCall('sendPreparedMessage') ? this.#putPreparedMessage(message) : 'skipped'
  }

  // ---- messages frame by frame, and as streams

  beginMessage(isBinary: boolean, options: SendOptions): SendOutcome {
    if (!this.#admitsRest('beginMessage')) return 'skipped'
    return this.#leaveIf(this.#half.framer.openMessage(isBinary, options))
  }

  sendMessageFrame(payload: Octets, options: FrameOptions): SendOutcome {
    if (!this.#admitsRest('sendMessageFrame')) return 'skipped'
    return this.#leaveIf(this.#half.framer.putFrame(payload, options))
  }

  endMessage(): SendOutcome {
    if (!this.#admitsRest('endMessage')) return 'skipped'
    return this.#leaveIf(this.#half.framer.closeMessage())
  }

  beginMessageFrame(length: number | bigint, options: FrameOptions): SendOutcome {
    if (!this.#admitsRest('beginMessageFrame')) return 'skipped'
    return this.#leaveIf(this.#half.framer.openFrame(length, options))
  }

  /**
   * Sends octets of the frame that was begun; it may be completed while our close frame waits for its end. Returns a number as
   * AutobahnPython's API does: if all octets were taken, how many the frame still misses, at most 2^53-1; if not, minus the number of those
   * that were not.
   */
  sendMessageFrameData(payload: Octets): number {
    const completes = this.#state.isCloseWaiting && this.isInFrame
    if (completes ? !this.#hasRoomForRest() : !this.#admitsRest('sendMessageFrameData')) return 0 - payload.length
    const { framer } = this.#half
    const taken = framer.putData(payload)
    const missing = framer.missing
    // An encoder that fails ends the connection, and nothing follows then.
    this.#leaveIf(this.#state.maySend || this.#state.isCloseWaiting)
    return taken < payload.length ? taken - payload.length : missing
  }

  // ---- control frames, and frames of extensions

  sendPing(payload: Octets): SendOutcome {
    if (!this.#beginCall('sendPing')) return 'skipped'
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
    if (!this.#beginCall('sendPong')) return 'skipped'
    checkControlFrame(Opcode.Pong, payload, true)
    if (!this.isInFrame && !this.#isAboveMark() && !this.#isAboveLimit()) {
      this.#frames?.forgetPong()
      return this.#putControl(Opcode.Pong, payload)
    }
    this.#waitingFrames().replacePong(payload)
    this.#drainWatch().ask()
    return 'full'
  }

  sendFrame(opcode: number, payload: Octets, isFinal: boolean, reserved: number): SendOutcome {
    if (!this.#beginCall('sendFrame')) return 'skipped'
    this.#chain.checkClaimed(opcode, reserved)
    checkControlFrame(opcode, payload, isFinal)
    if (this.isInFrame) throw new ApiMisuse('sendFrame inside a frame that is not complete')
    if (!this.#hasRoom()) return 'skipped'
    this.#half.framer.putOtherFrame(opcode, payload, isFinal, reserved)
    return this.#leave()
  }

  sendPreparedFrame(frame: PreparedFrame): SendOutcome {
    if (!this.#beginCall('sendPreparedFrame')) return 'skipped'
    this.#chain.checkClaimed(frame.opcode, frame.reserved)
    return this.#putPreparedFrame(frame)
  }

  /**
   * Sends our close frame, the last frame of this side, now or when nothing is in front of it any more. `closeFrameSent` tells when it is
   * sent.
   */
  sendClose(payload: Octets): void {
    this.#waitingFrames().setClose(payload)
    this.#releaseClose()
  }

  writeOpening(octets: Octets): void {
    this.stats.outgoingOctetsWireLevel += octets.length
    this.stats.preopenOutgoingOctetsWireLevel += octets.length
    this.#half.handedBeside(octets.length)
    this.#events.octetsTap?.(octets)
    this.parts.stream.write(octets)
  }

  // ---- may it go now?

  /** Whether the connection is open and below its high-water mark. */
  get isWritable(): boolean {
    return this.#state.maySend && !this.#isAboveMark()
  }

  /** Whether a whole message would be sent now: there is room for it, and no other is begun. */
  get takesMessage(): boolean {
    return this.isWritable && !this.#half.isInMessage
  }

  /** Whether a frame is being streamed: no other frame can go between its octets. */
  get isInFrame(): boolean {
    return this.#half.isInFrame
  }

  /** Octets that were taken and not yet handed to the system (decision 46). */
  get bufferedAmount(): number {
    const atRest = this.parts.stream.bufferedAmount + this.#half.waitingOctets
    return this.#frames === undefined && this.#broadcasts === undefined
      ? atRest
      : atRest + (this.#frames?.octets ?? 0) + (this.#broadcasts?.octets ?? 0)
  }

  /** Tells whether a call of the application may send: the state lets it, and there is room. */
  #admits(method: string): boolean {
    return this.#beginCall(method) && this.#hasRoom()
  }

  /** Tells the same of a part of a message, which is sent frame by frame. */
  #admitsRest(method: string): boolean {
    return this.#beginCall(method) && this.#hasRoomForRest()
  }

  /**
   * Begins a call of the application: writes what broadcasts have brought, so that it goes in front. Returns false, and counts the call as
   * not sent, if our close frame is begun. Throws `ApiMisuse` before the connection is open.
   */
  #beginCall(method: string): boolean {
    if (this.#broadcasts !== undefined) this.writeDue()
    if (this.#state.maySend) return true
    if (this.#state.phase === 'connecting') throw new ApiMisuse(`${method} before the connection is open`)
    this.stats.outgoingMessagesNotSent++
    return false
  }

  /** Tells whether less than `maxUnsentSize` is unsent. Applies the policy where it is more. */
  #hasRoom(): boolean {
    if (!this.#isAboveLimit()) return true
    this.#refuse()
    return false
  }

  /** Tells the same for the rest of a message. It cannot be skipped: in place of that, the connection is dropped. */
  #hasRoomForRest(): boolean {
    const { options } = this.parts.shared
    if (options.maxUnsentSize === 0 || !isAboveLimitOfRest(this.bufferedAmount, options)) return true
    this.#refuse(options.unsentPolicy === 'skip' ? 'drop' : options.unsentPolicy)
    return false
  }

  #isAboveMark(): boolean {
    return isAboveMark(this.bufferedAmount, this.parts.shared.options)
  }

  #isAboveLimit(): boolean {
    const { options } = this.parts.shared
    return options.maxUnsentSize !== 0 && isAboveLimit(this.bufferedAmount, options)
  }

  /** Applies the policy to a call above the limit: throws, drops the connection, or skips the call and has the caller stop. */
  #refuse(policy: UnsentOptions['unsentPolicy'] = this.parts.shared.options.unsentPolicy): void {
    this.stats.outgoingMessagesNotSent++
    this.#isFull = true
    const why = tooMuchUnsent(this.bufferedAmount, this.parts.shared.options)
    if (policy === 'throw') throw new UnsentLimitExceeded(why)
    if (policy === 'drop') this.#events.unsentLimitExceeded(why)
    else this.#drainWatch().stopCaller()
  }

  // ---- it leaves

  /** Goes on after the framer has put a part of a message, if it was taken: frames that waited for its end may follow. */
  #leaveIf(isTaken: boolean): SendOutcome {
    if (!isTaken) return 'skipped'
    if (this.#frames !== undefined) this.#releaseFrames()
    return this.#leave()
  }

  /** Has leave what the framer has put. Returns whether the caller should go on. */
  #leave(): SendOutcome {
    const hasLeft = this.#half.leave()
    this.#isFull = this.#isAboveMark()
    if (this.#isFull) {
      // Even if everything has left, the end of the turn has to be seen: `#isSlow` asks what is older than the turn.
      if (hasLeft) this.#half.endTurnLater()
      this.#drainWatch().stopCaller()
      return 'full'
    }
    this.#drain?.octetsMoved()
    return this.#state.maySend ? 'sent' : 'full'
  }

  /** A read event begins: what it makes the connection send leaves at its end. */
  readingBegan(): void {
    this.#half.readingBegan()
  }

  readingEnded(): void {
    this.writeDue()
    this.#half.endTurn()
  }

  /** Called by the flush queue at the end of a turn. */
  flushNow(): void {
    this.#half.turnEndBegan()
    this.writeDue()
    this.#half.endTurn()
  }

  /** Hands to the transport what was written. */
  flush(): void {
    this.#half.flush()
  }

  /** Fails the connection for a flush that failed. The flush queue calls it when `flushNow` has thrown, a batch when the transport has. */
  flushFailed(error: unknown, isBetweenFrames = false): void {
    this.#events.flushFailed(error, isBetweenFrames)
  }

  // ---- what is put at more than one place

  #putPreparedMessage(message: PreparedMessage): SendOutcome {
    return this.#hasRoom() ? this.#leaveIf(this.#half.framer.putPreparedMessage(message)) : 'skipped'
  }

  #putPreparedFrame(frame: PreparedFrame): SendOutcome {
    if (this.isInFrame) throw new ApiMisuse('sendPreparedFrame inside a frame that is not complete')
    if (!this.#hasRoom()) return 'skipped'
    this.#half.framer.putPreparedFrame(frame)
    return this.#leave()
  }

  // ---- frames that wait

  #putControl(opcode: number, payload: Octets): SendOutcome {
    if (this.isInFrame) this.#waitingFrames().addControl(opcode, payload)
    else this.#half.framer.putOtherFrame(opcode, payload, true, 0)
    return this.#leave()
  }

  #waitingFrames(): WaitingFrames {
    this.#frames ??= new WaitingFrames()
    return this.#frames
  }

  #releaseFrames(): void {
    const frames = this.#frames
    if (frames === undefined || this.isInFrame) return
    for (const { opcode, payload } of frames.takeControls()) this.#half.framer.putOtherFrame(opcode, payload, true, 0)
    if (frames.hasPong && !this.#isAboveMark()) this.#releasePong(frames)
    this.#releaseClose()
  }

  #releasePong(frames: WaitingFrames): void {
    this.#putControl(Opcode.Pong, frames.takePong())
  }

  #releaseClose(): void {
    const frames = this.#frames
    if (frames?.hasClose !== true || this.isInFrame || this.#half.isEncoding) return
    this.#half.framer.putOtherFrame(Opcode.Close, frames.takeClose(), true, 0)
    this.#leave()
    this.#state.closeSent()
    this.flush()
    this.#events.closeFrameSent()
  }

  // ---- messages that an extension has to encode first

  jobWritten(): void {
    this.#leave()
  }

  /** Releases the frames that waited for encoded messages. */
  queueEmptied(): void {
    this.#releaseFrames()
    this.#drain?.octetsMoved()
  }

  encodingFailed(error: unknown): void {
    this.#events.encoderFailed(error)
  }

  // ---- broadcasts

  /**
   * Takes the message of a broadcast, unless another message is begun, and returns whether it did. `evenSlow`: takes it also on a slow
   * connection; above `maxUnsentSize` the policy applies.
   */
  offer(message: PreparedMessage, evenSlow: boolean): boolean {
    return !this.#half.isInMessage && this.#offer(message, evenSlow)
  }

  /**
   * Takes the frame of a broadcast as `offer` takes a message, if an extension of this connection claims it. Such frames go between those
   * of a message, so a message that is begun does not prevent it, but a frame that is begun does.
   */
  offerFrame(frame: PreparedFrame, evenSlow: boolean): boolean {
    return !this.isInFrame && this.#chain.claims(frame) && this.#offer(frame, evenSlow)
  }

  /** Sends what broadcasts have brought. Called before anything else is sent, so that it goes in front. */
  writeDue(): void {
    const waiting = this.#broadcasts
    if (waiting === undefined || waiting.first === undefined) return
    const { first, others } = waiting
    // Broadcasts that come while these are sent wait for the next time.
    waiting.clear()
    this.#sendBroadcast(first)
    if (others !== undefined) for (const broadcast of others) this.#sendBroadcast(broadcast)
  }

  /**
   * Takes what a broadcast brings. It is sent when the flush queue comes to this connection; above `maxUnsentSize` it is sent, or refused,
   * at once.
   */
  #offer(broadcast: Broadcast, evenSlow: boolean): boolean {
    if (!this.#state.maySend) return false
    this.#broadcasts ??= new WaitingBroadcasts(uncheckedOctets(this.parts.shared.options))
    const broadcasts = this.#broadcasts
    if (this.#isFull || broadcasts.needsCheck) {
      if (!evenSlow && this.#isSlow()) return false
      if (this.#isAboveLimit()) {
        this.writeDue()
        return this.#sendBroadcast(broadcast) && this.#state.maySend
      }
    }
    if (broadcasts.first === undefined) this.parts.shared.flushes.add(this)
    broadcasts.add(broadcast)
    return true
  }

  /**
   * Sends the message or frame of a broadcast, and returns whether it was taken. The policy `throw` counts as skipped here, because the
   * broadcaster is not the slow peer; the result of the broadcast tells.
   */
  #sendBroadcast(broadcast: Broadcast): boolean {
    if (!this.#state.maySend) return false
    try {
      const outcome = broadcast instanceof PreparedFrame ? this.#putPreparedFrame(broadcast) : this.#putPreparedMessage(broadcast)
      return outcome !== 'skipped'
    } catch (error) {
      if (!(error instanceof UnsentLimitExceeded)) this.#events.encoderFailed(error)
      return false
    }
  }

  /**
   * Tells whether the peer reads slowly: the connection is above its mark, with octets that were waiting before this turn of the event loop
   * began. What was sent in this turn makes no peer slow.
   */
  #isSlow(): boolean {
    return this.#isAboveMark() && this.#half.holdsOldOctets
  }

  // ---- who waits until octets have gone

  /** Tells how a caller who wants its octets back should send them. */
  reuse(length: number): Reuse {
    const { role, options } = this.parts.shared
    return this.#state.maySend ? reuseOf(length, this.#chain.hasEncoder, role.masks && options.applyMask) : Reuse.AtOnce
  }

  /** Calls back once everything that was sent so far has gone: at once, if it can go at once, and never if the connection ends before. */
  whenGone(callback: () => void): void {
    if (this.#state.phase === 'connecting' || this.#state.phase === 'closed') return
    this.flush()
    if (this.bufferedAmount === 0 && this.#state.maySend) return callback()
    this.#drainWatch().whenGone(callback)
  }

  /** Takes note that the transport has handed everything to the system. */
  drained(): void {
    const drain = this.#drain
    if (drain === undefined) return
    drain.transportDrained()
    if (this.#frames?.hasPong === true && !this.isInFrame && this.#state.maySend) this.#releasePong(this.#frames)
    if (!drain.owesDrain) return
    if (this.#isAboveMark()) return drain.askIfBehind()
    drain.owesDrain = false
    this.#events.writableAgain()
  }

  #drainWatch(): DrainWatch {
    this.#drain ??= new DrainWatch(this.parts.stream, this.#half)
    return this.#drain
  }

  // ---- the end

  /** Forgets what waits to be written. A close frame follows that says why the connection fails. */
  abandon(): void {
    this.#broadcasts?.clear()
    this.#half.abandon()
    this.#frames = undefined
  }

  /** Forgets everything that was not given to the transport. */
  discard(): void {
    this.abandon()
    this.#half.discard()
    this.#drain?.forget()
    this.#drain = undefined
  }

  /** Gives the sending half back, since the connection is gone. */
  endLoan(): void {
    this.#half.end()
  }

  // ---- for the sending half

  get stats(): TrafficStats {
    return this.#events.stats
  }

  get chain(): ExtensionChain {
    return this.#chain
  }

  get octetsTap(): ((octets: Octets) => void) | undefined {
    return this.#events.octetsTap
  }

  get messageTap(): ((isBinary: boolean, size: number) => void) | undefined {
    return this.#events.messageTap
  }

  /** Octets that the transport was given so far, those of the opening handshake included. */
  get handed(): number {
    return this.#half.handed
  }
}
