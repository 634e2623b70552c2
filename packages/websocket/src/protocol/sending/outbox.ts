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
import { type Broadcast, type BroadcastReceiver, PendingBroadcasts } from './pending-broadcasts.ts'
import type { PreparedMessage } from './prepared-message.ts'
import { Reuse, reuseOf } from './reuse.ts'
import { isAboveLimit, isAboveLimitOfRest, isAboveMark, tooMuchUnsent, type UnsentOptions, uncheckedOctets } from './unsent-limits.ts'
import { WaitingFrames } from './waiting-frames.ts'

/**
 * The sending side of one connection. A send method of the application takes four steps (decision 144):
 *
 *     1  #beginCall   The connection is open, and our close frame is not begun. Broadcasts that are pending go in front.
 *     2  #hasRoom     Less than `maxUnsentSize` octets are unsent. For the rest of a message that is begun: #hasRoomForRest.
 *     3  framer.put…  It becomes a frame in the batch of this connection: header, mask, payload.
 *     4  #leave       The batch goes to the transport: at the end of the turn of the event loop, or now where it is large.
 *
 * It returns `skipped` where step 1 or 2 says no. Else the caller should go on (`sent`), or wait for `onDrain` (`full`). After a send that
 * has ended the connection it is `full` too, and `onDrain` does not follow.
 *
 * No frame can go between the octets of a frame that is being streamed. Pings, pongs and our close frame wait for its end in
 * `WaitingFrames`, and leave in this order. Messages that wait for an encoder are overtaken by pings and pongs, and not by our close frame.
 * What the connection sends by itself, a close frame and automatic pings, is not limited by steps 1 and 2.
 *
 * The files of this folder, in the order in which an octet meets them:
 *
 *     outbox ─► borrowed-half ─► framer ──────────────────────► frame-writer ─► outgoing-batch ─► ByteStream
 *                                   └► encoded-messages (jobs, queue) ─┘          flush-queue: who flushes when
 *
 * Beside the outbox stand those who wait: `pending-broadcasts`, `waiting-frames`, and callers in `drain-watch`.
 */
export class Outbox implements BorrowingConnection, BroadcastReceiver {
  readonly parts: OutboxParts
  readonly #state: ConnectionState
  readonly #events: OutboxEvents
  /**
   * Borrows the framer and the batch while the connection sends, and plans the next flush. Forgotten when these go to another connection
   * (decision 163).
   */
  #madeHalf: BorrowedHalf | undefined
  /** Octets that the transport was given before `#madeHalf` was made. */
  #handedBefore = 0
  #chain: ExtensionChain = ExtensionChain.none
  #isFull = false
  /** These three are made when something has to wait for the first time. */
  #frames: WaitingFrames | undefined
  #broadcasts: PendingBroadcasts | undefined
  #drain: DrainWatch | undefined

  constructor(parts: OutboxParts, state: ConnectionState, events: OutboxEvents) {
    this.parts = parts
    this.#state = state
    this.#events = events
  }

  /** Takes the extensions that the opening handshake has agreed on. Without any there is no call. */
  open(chain: ExtensionChain): void {
    this.#chain = chain
  }

  // ---- whole messages

  sendMessage(payload: Octets | string, isBinary: boolean, options: SendOptions): SendOutcome {
    if (!this.#beginCall('sendMessage') || !this.#hasRoom()) return 'skipped'
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
    if (!this.#beginCall('sendMessage') || !this.#hasRoom()) return 'skipped'
    this.#events.timings?.track('sendMessage')
    return this.#leaveIf(this.#half.framer.putCopy(payload))
  }

  sendPreparedMessage(message: PreparedMessage): SendOutcome {
    if (!this.#beginCall('sendPreparedMessage') || !this.#hasRoom()) return 'skipped'
    return this.#leaveIf(this.#half.framer.putPreparedMessage(message))
  }

  // ---- messages frame by frame, and frames as streams

  beginMessage(isBinary: boolean, options: SendOptions): SendOutcome {
    if (!this.#beginCall('beginMessage') || !this.#hasRoomForRest()) return 'skipped'
    return this.#leaveIf(this.#half.framer.openMessage(isBinary, options))
  }

  sendMessageFrame(payload: Octets, options: FrameOptions): SendOutcome {
    if (!this.#beginCall('sendMessageFrame') || !this.#hasRoomForRest()) return 'skipped'
    return this.#leaveIf(this.#half.framer.putFrame(payload, options))
  }

  endMessage(): SendOutcome {
    if (!this.#beginCall('endMessage') || !this.#hasRoomForRest()) return 'skipped'
    return this.#leaveIf(this.#half.framer.closeMessage())
  }

  beginMessageFrame(length: number | bigint, options: FrameOptions): SendOutcome {
    if (!this.#beginCall('beginMessageFrame') || !this.#hasRoomForRest()) return 'skipped'
    return this.#leaveIf(this.#half.framer.openFrame(length, options))
  }

  /**
   * Sends octets of the frame that was begun. While our close frame waits for the end of this frame, they may still be sent.
   *
   * Returns a number as AutobahnPython's API does: if all octets were taken, how many the frame still misses, at most 2^53-1; if not, minus
   * the number of those that were not.
   */
  sendMessageFrameData(payload: Octets): number {
    const isAwaited = this.#state.isCloseWaiting && this.isInFrame
    if (!(isAwaited || this.#beginCall('sendMessageFrameData')) || !this.#hasRoomForRest()) return 0 - payload.length
    const { framer } = this.#half
    const taken = framer.putData(payload)
    const missing = framer.missing
    // An encoder that fails ends the connection, and nothing follows then.
    this.#leaveIf(this.#state.maySend || this.#state.isCloseWaiting)
    return taken < payload.length ? taken - payload.length : missing
  }

  // ---- pings, pongs, and frames of extensions

  sendPing(payload: Octets): SendOutcome {
    if (!this.#beginCall('sendPing')) return 'skipped'
    checkControlFrame(Opcode.Ping, payload, true)
    return this.#hasRoom() ? this.#sendControl(Opcode.Ping, payload) : 'skipped'
  }

  /**
   * Sends a ping of the connection's own. Those of `AutoPing` are few, and go without regard to `maxUnsentSize`. None follows our close frame,
   * because `AutoPing` is stopped when that begins.
   */
  sendAutoPing(payload: Octets): void {
    checkControlFrame(Opcode.Ping, payload, true)
    this.#sendControl(Opcode.Ping, payload)
  }

  /** Sends a pong. Where it cannot go yet it waits in place of being skipped, and replaces a pong that waits already. */
  sendPong(payload: Octets): SendOutcome {
    if (!this.#beginCall('sendPong')) return 'skipped'
    checkControlFrame(Opcode.Pong, payload, true)
    const hasRoom = !this.#isAboveMark && !this.isAboveLimit
    if (hasRoom && !this.isInFrame) {
      this.#frames?.forgetPong()
      return this.#sendControl(Opcode.Pong, payload)
    }
    this.#waitingFrames.replacePong(payload)
    if (hasRoom) return 'sent'
    this.#drainWatch.stopCaller()
    return 'full'
  }

  sendFrame(opcode: number, payload: Octets, isFinal: boolean, reserved: number): SendOutcome {
    if (!this.#beginCall('sendFrame')) return 'skipped'
    this.#chain.checkClaimed(opcode, reserved)
    checkControlFrame(opcode, payload, isFinal)
    this.#wantNoFrame('sendFrame')
    if (!this.#hasRoom()) return 'skipped'
    this.#half.framer.putOtherFrame(opcode, payload, isFinal, reserved)
    return this.#leave()
  }

  sendPreparedFrame(frame: PreparedFrame): SendOutcome {
    if (!this.#beginCall('sendPreparedFrame')) return 'skipped'
    this.#chain.checkClaimed(frame.opcode, frame.reserved)
    this.#wantNoFrame('sendPreparedFrame')
    if (!this.#hasRoom()) return 'skipped'
    this.#half.framer.putPreparedFrame(frame)
    return this.#leave()
  }

  #wantNoFrame(method: string): void {
    if (this.isInFrame) throw new ApiMisuse(`${method} inside a frame that is not complete`)
  }

  // ---- the opening handshake and our close frame

  /** Writes octets of our side of the opening handshake. They go to the transport at once. */
  writeOpening(octets: Octets): void {
    this.stats.outgoingOctetsWireLevel += octets.length
    this.stats.preopenOutgoingOctetsWireLevel += octets.length
    if (this.#madeHalf === undefined) this.#handedBefore += octets.length
    else this.#madeHalf.handedBeside(octets.length)
    this.#events.octetsTap?.(octets)
    this.parts.stream.write(octets)
  }

  /**
   * Sends our close frame, the last frame of this side, now or when nothing is in front of it any more. `closeFrameSent` tells when it is
   * sent.
   */
  sendClose(payload: Octets): void {
    this.#waitingFrames.setClose(payload)
    this.#releaseClose()
  }

  // ---- step 1: is the connection open?

  /**
   * Begins a call of the application: sends the broadcasts that are pending, so that they go in front. Returns false, and counts the call as
   * not sent, if our close frame is begun. Throws `ApiMisuse` before the connection is open.
   */
  #beginCall(method: string): boolean {
    if (this.#broadcasts !== undefined) this.#broadcasts.sendAll()
    if (this.#state.maySend) return true
    if (this.#state.phase === 'connecting') throw new ApiMisuse(`${method} before the connection is open`)
    this.stats.outgoingMessagesNotSent++
    return false
  }

  // ---- step 2: is there room?

  /** Octets that were taken and not yet handed to the system (decision 46). */
  get bufferedAmount(): number {
    const atRest = this.parts.stream.bufferedAmount + (this.#madeHalf?.waitingOctets ?? 0)
    return this.#frames === undefined && this.#broadcasts === undefined
      ? atRest
      : atRest + (this.#frames?.octets ?? 0) + (this.#broadcasts?.octets ?? 0)
  }

  /** Whether more than `maxUnsentSize` is unsent. */
  get isAboveLimit(): boolean {
    const { options } = this.parts.shared
    return options.maxUnsentSize !== 0 && isAboveLimit(this.bufferedAmount, options)
  }

  get #isAboveMark(): boolean {
    return isAboveMark(this.bufferedAmount, this.parts.shared.options)
  }

  #hasRoom(): boolean {
    return !this.isAboveLimit || this.#refuse(this.parts.shared.options.unsentPolicy)
  }

  /** Tells whether there is room for the rest of a message. The rest cannot be skipped: in place of that, the connection is dropped. */
  #hasRoomForRest(): boolean {
    const { options } = this.parts.shared
    if (options.maxUnsentSize === 0 || !isAboveLimitOfRest(this.bufferedAmount, options)) return true
    return this.#refuse(options.unsentPolicy === 'skip' ? 'drop' : options.unsentPolicy)
  }

  /** Refuses a call above the limit: throws, drops the connection, or skips the call and has the caller stop. Returns false. */
  #refuse(policy: UnsentOptions['unsentPolicy']): false {
    this.stats.outgoingMessagesNotSent++
    this.#isFull = true
    const why = tooMuchUnsent(this.bufferedAmount, this.parts.shared.options)
    if (policy === 'throw') throw new UnsentLimitExceeded(why)
    if (policy === 'drop') this.#events.unsentLimitExceeded(why)
    else this.#drainWatch.stopCaller()
    return false
  }

  // ---- step 3 may have to wait: for the end of a streamed frame, for room, or for encoders

  #sendControl(opcode: number, payload: Octets): SendOutcome {
    if (this.isInFrame) this.#waitingFrames.addControl(opcode, payload)
    else this.#half.framer.putOtherFrame(opcode, payload, true, 0)
    return this.#leave()
  }

  /** Puts the frames that waited, as far as they may go now: control frames, the latest pong, our close frame. */
  #releaseFrames(): void {
    const frames = this.#frames
    if (frames === undefined || this.isInFrame) return
    for (const { opcode, payload } of frames.takeControls()) this.#half.framer.putOtherFrame(opcode, payload, true, 0)
    if (frames.hasPong && !this.#isAboveMark) this.#releasePong(frames)
    this.#releaseClose()
  }

  #releasePong(frames: WaitingFrames): void {
    this.#sendControl(Opcode.Pong, frames.takePong())
  }

  #releaseClose(): void {
    const frames = this.#frames
    if (frames?.hasClose !== true || this.isInFrame || this.#madeHalf?.isEncoding === true) return
    this.#half.framer.putOtherFrame(Opcode.Close, frames.takeClose(), true, 0)
    this.#leave()
    this.#state.closeSent()
    this.flush()
    this.#events.closeFrameSent()
  }

  get #waitingFrames(): WaitingFrames {
    this.#frames ??= new WaitingFrames()
    return this.#frames
  }

  /** Called when a message was written that an encoder took its time for. */
  jobWritten(): void {
    this.#leave()
  }

  /** Called when no message waits for an encoder any more: the close frame may go. */
  queueEmptied(): void {
    this.#releaseFrames()
    this.#drain?.octetsMoved()
  }

  encodingFailed(error: unknown): void {
    this.#events.encoderFailed(error)
  }

  // ---- step 4: it leaves

  /** Goes on after the framer has put a part of a message, if it was taken: frames that waited for its end may follow. */
  #leaveIf(isTaken: boolean): SendOutcome {
    if (!isTaken) return 'skipped'
    if (this.#frames !== undefined) this.#releaseFrames()
    return this.#leave()
  }

  /** Sends the batch to the transport, now or at the end of the turn. Returns whether the caller should go on. */
  #leave(): SendOutcome {
    if (this.#half.isLarge) this.#half.flush()
    else this.#half.planFlush()
    this.#isFull = this.#isAboveMark
    if (this.#isFull) {
      // Even if everything has left, the end of the turn has to be seen: `isSlow` asks what is older than the turn.
      this.#half.planFlush()
      this.#drainWatch.stopCaller()
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
    this.sendBroadcasts()
    this.#madeHalf?.endTurn()
  }

  /** Has `flushNow` follow at the end of the turn, by the flush queue. */
  flushLater(): void {
    this.parts.shared.flushes.add(this)
  }

  /** Called by the flush queue at the end of a turn. */
  flushNow(): void {
    this.#half.turnEndBegan()
    this.sendBroadcasts()
    this.#madeHalf?.endTurn()
  }

  /** Hands to the transport what is in the batch. */
  flush(): void {
    this.#madeHalf?.flush()
  }

  /** Fails the connection for a flush that failed. The flush queue calls it when `flushNow` has thrown, a batch when the transport has. */
  flushFailed(error: unknown, isBetweenFrames = false): void {
    this.#events.flushFailed(error, isBetweenFrames)
  }

  // ---- broadcasts: asked for each connection of thousands, so they look at little

  /**
   * Takes the message of a broadcast, unless another message is begun, and returns whether it did. `evenSlow`: takes it also on a slow
   * connection; above `maxUnsentSize` the policy applies.
   */
  offer(message: PreparedMessage, evenSlow: boolean): boolean {
    return !this.#isInMessage && this.#state.maySend && this.#pendingBroadcasts.take(message, evenSlow)
  }

  /**
   * Takes the frame of a broadcast as `offer` takes a message, if an extension of this connection claims it. Such frames go between those
   * of a message, so a message that is begun does not prevent it, but a frame that is begun does.
   */
  offerFrame(frame: PreparedFrame, evenSlow: boolean): boolean {
    return !this.isInFrame && this.#chain.claims(frame) && this.#state.maySend && this.#pendingBroadcasts.take(frame, evenSlow)
  }

  /** Sends the broadcasts that are pending. */
  sendBroadcasts(): void {
    this.#broadcasts?.sendAll()
  }

  /** Takes steps 2 to 4 for a broadcast; `PendingBroadcasts` has taken the first. */
  sendBroadcast(broadcast: Broadcast): SendOutcome {
    if (broadcast instanceof PreparedFrame) {
      this.#wantNoFrame('sendPreparedFrame')
      if (!this.#hasRoom()) return 'skipped'
      this.#half.framer.putPreparedFrame(broadcast)
      return this.#leave()
    }
    return this.#hasRoom() ? this.#leaveIf(this.#half.framer.putPreparedMessage(broadcast)) : 'skipped'
  }

  get #pendingBroadcasts(): PendingBroadcasts {
    this.#broadcasts ??= new PendingBroadcasts(this, uncheckedOctets(this.parts.shared.options))
    return this.#broadcasts
  }

  // ---- what others ask

  /** Whether the application may begin to send something. */
  get maySend(): boolean {
    return this.#state.maySend
  }

  /** Whether the connection is open and below its high-water mark. */
  get isWritable(): boolean {
    return this.#state.maySend && !this.#isAboveMark
  }

  /** Whether a whole message would be sent now: there is room for it, and no other is begun. */
  get takesMessage(): boolean {
    return this.isWritable && !this.#isInMessage
  }

  /** Whether a frame is being streamed: no other frame can go between its octets. */
  get isInFrame(): boolean {
    return this.#madeHalf?.isInFrame === true
  }

  /** Whether the last send method has returned `full`. Broadcasts ask this before they ask anything that costs more. */
  get isFull(): boolean {
    return this.#isFull
  }

  /**
   * Whether the peer reads slowly: the connection is above its mark, with octets that were waiting before this turn of the event loop began.
   * What was sent in this turn makes no peer slow.
   */
  get isSlow(): boolean {
    return this.#isAboveMark && this.#madeHalf?.holdsOldOctets === true
  }

  get #isInMessage(): boolean {
    return this.#madeHalf?.isInMessage === true
  }

  // ---- callers who wait until octets have gone

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
    this.#drainWatch.whenGone(callback)
  }

  /** Takes note that the transport has handed everything to the system. */
  drained(): void {
    const drain = this.#drain
    if (drain === undefined) return
    drain.transportDrained()
    if (this.#frames?.hasPong === true && !this.isInFrame && this.#state.maySend) this.#releasePong(this.#frames)
    if (!drain.owesDrain) return
    if (this.#isAboveMark) return drain.askIfBehind()
    drain.owesDrain = false
    this.#events.writableAgain()
  }

  get #drainWatch(): DrainWatch {
    this.#drain ??= new DrainWatch(this.parts.stream, this.#half)
    return this.#drain
  }

  // ---- the end

  /** Forgets what waits to be written. A close frame follows that says why the connection fails. */
  abandon(): void {
    this.#broadcasts?.clear()
    this.#madeHalf?.abandon()
    this.#frames = undefined
  }

  /** Forgets everything that was not given to the transport. */
  discard(): void {
    this.abandon()
    this.#madeHalf?.discard()
    this.#drain?.forget()
    this.#drain = undefined
  }

  /** Gives the sending half back, since the connection is gone. */
  endLoan(): void {
    this.#madeHalf?.end()
  }

  // ---- for the sending half

  /** Forgets what had borrowed the half, unless callers wait with it until octets have gone. */
  halfTaken(): void {
    if (this.#drain !== undefined) return
    this.#handedBefore = this.handed
    this.#madeHalf = undefined
  }

  get #half(): BorrowedHalf {
    this.#madeHalf ??= new BorrowedHalf(this, this.#handedBefore)
    return this.#madeHalf
  }

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
    return this.#madeHalf?.handed ?? this.#handedBefore
  }
}

/** The parts of a connection that its outbox needs. */
export interface OutboxParts extends BorrowedHalfParts {
  readonly shared: BorrowedHalfParts['shared'] & { readonly options: UnsentOptions }
}

/** The connection, as its outbox sees it. */
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
