import type { Octets, ReceivedOctets } from '../../bytes/octets.ts'
import { isError } from '../faults/as-error.ts'
import { ApiMisuse } from '../faults/errors.ts'
import { shownValue } from '../faults/shown-value.ts'
import { checkCode, makeClose, makeFailure, parseClose } from '../frames/close-frame.ts'
import type { CloseInfo } from '../life/close-info.ts'
import { ClosingDeadlines, type DeadlineEvents, type Wait } from './closing-deadlines.ts'
import type { ClosingParts } from './closing-parts.ts'
import { LastHooks, type LastHooksEvents } from './last-hooks.ts'

/**
 * Ends one connection (RFC 6455 §7). All ways to end it start and finish in this file:
 *
 *     closing handshake   sendClose ──────────────► our close frame ──────┐
 *                         closeReceived ─► hooks ─► the answer, if needed ┴─► TCP ends ──────────────┐
 *     failure             fail ─► a close frame that says why ──────────────► our side of TCP ends ──┼─► closed
 *     no more words       dropConnection, giveUp, time is up ───────────────► transport is dropped ──┘
 *
 * The state of the end has two parts (decision 143). `ConnectionState` records what has happened: its `phase`, and which close frames have passed. `#step`
 * tells how far this side is with the peer's close frame. Together they are at one of these points. Each waits for one thing, with a
 * deadline of `ClosingDeadlines`; handlers that may answer before a failure have one turn of the event loop:
 *
 *     what has happened                        phase                #step              waits                      then calls
 *     ──────────────────────────────────────── ──────────────────── ────────────────── ────────────────────────── ───────────────────
 *     we have sent our close frame¹            closing-by-us        none-received      until-peer-closes          closeReceived
 *     the peer's close frame has come          open, closing-by-*   calling-hooks      for hooks (`LastHooks`)    lastHooksDone
 *     our answer to it cannot go yet¹          closing-by-peer      answered           until-answer-leaves        closeFrameSent
 *     our own close frame cannot go yet¹       closing-by-us        answered           until-peer-closes, still   closeFrameSent
 *     both close frames have passed            closing-by-*         handshake-done     until-peer-ends            peerEnded
 *     we fail; handlers may answer first       open                 any                for `#postponedFailure`    #sendFailure
 *     the close frame of a failure was sent²   closing-by-*         any                until-last-octets-arrive   peerEnded
 *     the peer has ended TCP without closing   open, closing-by-us  none-received      for hooks (`LastHooks`)    lastHooksDone
 *     the transport was dropped                closed               any                until-transport-is-gone    transportClosed
 *
 * ¹ A close frame may have to wait in the `Outbox`: for the end of a frame that is being streamed, or for an encoder. ² Or an HTTP response that
 * refuses the opening handshake.
 *
 * When the time of a wait is over, `timeIsUp` drops the transport.
 */
export class Closing implements DeadlineEvents, LastHooksEvents {
  readonly #parts: ClosingParts
  readonly #deadlines: ClosingDeadlines
  readonly #lastHooks: LastHooks
  #step: 'none-received' | 'calling-hooks' | 'answered' | 'handshake-done' = 'none-received'
  #postponedFailure: FailureFrame | undefined

  constructor(parts: ClosingParts) {
    this.#parts = parts
    this.#deadlines = new ClosingDeadlines(parts, this)
    this.#lastHooks = new LastHooks(parts, this.#deadlines, this)
  }

  // ---- the closing handshake (RFC 6455 §7.1.2)

  /**
   * Sends our close frame. Returns false where it was sent before, or the connection has failed. Throws `ApiMisuse` before the connection is
   * open, and for a code or reason that a close frame cannot carry.
   */
  sendClose(code: number | undefined, reason: string): boolean {
    const { state, outbox, text } = this.#parts
    if (state.phase === 'connecting') throw new ApiMisuse('sendClose before the connection is open')
    const payload = makeClose(code, reason, text)
    // broadcasts that are pending go in front of the close frame, and so does the close frame of a failure
    outbox.sendBroadcasts()
    this.#sendPostponedFailure()
    if (!state.maySend) return false
    this.#sendCloseFrame(payload, code)
    if (!state.hasBothCloseFrames && state.phase !== 'closed') this.#deadlines.wait('until-peer-closes')
    return true
  }

  /**
   * Takes the peer's close frame: calls `onCloseFrame` behind the hooks of earlier messages, then goes on with `lastHooksDone`. What the peer
   * sends after it is thrown away (§5.5.1).
   */
  closeReceived(payload: ReceivedOctets): void {
    const { incoming, hooks, state, text, events } = this.#parts
    const { code, reason } = parseClose(payload, text)
    // decoded before the hook is called, which may change or transfer the octets
    state.closeReceived(code, text.decode(reason))
    events.endBegan()
    this.#step = 'calling-hooks'
    this.#lastHooks.call(() => hooks.onCloseFrame(code, reason))
    incoming.discard()
    if (!this.#lastHooks.areWaiting) return
    // both close frames are here, so the peer has done its part: only hooks are waited for
    if (state.hasSentClose) this.#deadlines.stopWaiting()
    this.#lastHooks.wait()
  }

  /** Goes on when the last hooks were called: answers the peer's close frame, or drops a transport that the peer has ended. */
  lastHooksDone(): void {
    if (!this.#isAnswering) return this.#drop('send-rest')
    this.#step = 'answered'
    this.#deadlines.stopWaitingForHooks()
    if (this.#parts.state.hasSentClose) this.#finishHandshake()
    else this.#echoPeerClose()
  }

  /** Takes note that our close frame has been given to the transport. If it had to wait, the peer's may have come meanwhile. */
  closeFrameSent(): void {
    if (!this.#parts.state.hasBothCloseFrames) this.#deadlines.drained()
    else if (this.#step === 'calling-hooks') this.#deadlines.stopWaiting()
    else this.#finishHandshake()
  }

  /**
   * Answers the peer's close frame with its own code, and with its reason if `echoCloseCodeReason` is on. "Upon receiving such a frame, the
   * other peer sends a Close frame in response, if it hasn't already sent one" (§1.4).
   */
  #echoPeerClose(): void {
    const { options, outbox, state, text } = this.#parts
    // broadcasts go in front of the answer, and may end the connection: by the limit of what is unsent, or by an encoder that fails
    outbox.sendBroadcasts()
    if (!state.maySend) return
    const { code, reason } = state.peerClose!
    this.#sendCloseFrame(makeClose(code, options.echoCloseCodeReason ? reason : '', text), code)
    if (!state.hasSentClose) this.#deadlines.wait('until-answer-leaves')
  }

  /** Goes on when both close frames have passed: a server ends TCP, and a client gives it a moment to do so (§7.1.1). */
  #finishHandshake(): void {
    const { state, isServer, stream } = this.#parts
    if (this.#step === 'handshake-done') return
    this.#step = 'handshake-done'
    if (state.hasPeerEnded) return this.#drop('send-rest')
    if (isServer) stream.end()
    this.#deadlines.wait('until-peer-ends')
  }

  /** Whether the peer's close frame is here and the handshake goes on by itself: hooks are called, or our answer waits to be sent. */
  get #isAnswering(): boolean {
    return (this.#step === 'calling-hooks' || this.#step === 'answered') && !this.#parts.state.isGivenUp
  }

  /** Sends our close frame, of the handshake or of a failure. It may have to wait; `closeFrameSent` follows when it is sent. */
  #sendCloseFrame(payload: Octets, code: number | undefined): void {
    const { state, events, outbox } = this.#parts
    state.beginClose(code)
    events.endBegan()
    outbox.sendClose(payload)
  }

  // ---- failing the connection (RFC 6455 §7.1.7)

  /**
   * Fails the connection for a reason of this side: sends a close frame that says why, ends our side of TCP, and throws away what the peer
   * sends. Does nothing where the connection has failed before, or is closed. Throws `ApiMisuse` for what a close frame cannot carry.
   */
  fail(code: number, reason: string, cause?: Error): void {
    this.#sendPostponedFailure()
    const { state, text } = this.#parts
    if (state.areHooksOver) return
    if (state.phase === 'connecting') throw new ApiMisuse('failConnection before the connection is open')
    checkCode(code)
    const frame = { code, payload: makeFailure(code, reason, text) }
    if (cause !== undefined && !isError(cause)) throw new ApiMisuse(`the cause of a failure must be an Error, and not ${shownValue(cause)}`)
    this.#stopFor(code, reason, cause)
    this.#sendFailure(frame)
  }

  /**
   * Fails the connection for the peer's fault.
   *
   * Handlers in function style run in microtasks. They have been given the messages before the fault, but could not answer them yet. So
   * nothing more is read, their answers go out first, and the close frame follows in the same turn of the event loop, or as soon as the
   * application ends the connection.
   */
  failForPeer(code: number, reason: string, cause: Error): void {
    const { answersInMicrotasks, state, incoming, options, text } = this.#parts
    if (!answersInMicrotasks || !state.maySend || options.failByDrop) return this.fail(code, reason, cause)
    if (state.isGivenUp) return
    this.#postponedFailure = { code, payload: makeFailure(code, reason, text) }
    this.#stopFor(code, reason, cause)
    incoming.discard()
    this.#lastHooks.onceHandlersRan(() => this.#sendPostponedFailure())
  }

  #sendPostponedFailure(): void {
    const frame = this.#postponedFailure
    if (frame === undefined) return
    this.#postponedFailure = undefined
    if (this.#parts.state.phase !== 'closed') this.#sendFailure(frame)
  }

  /** Sends the close frame of a failure. Drops the transport where no close frame can say why. */
  #sendFailure({ code, payload }: FailureFrame): void {
    if (!this.#canSendFailure) return this.#drop('lose-rest')
    this.#parts.outbox.abandon()
    this.#sendCloseFrame(payload, code)
    this.#endOurSide()
  }

  /** Whether a close frame can say why: not after another one, and not inside a frame that is being streamed (decision 6). */
  get #canSendFailure(): boolean {
    const { options, state, outbox } = this.#parts
    return !options.failByDrop && !state.hasSentClose && !outbox.isInFrame
  }

  /** Records the failure. Nothing is read from now on (§7.1.7), and no hook is called but `onClose`. */
  #stopFor(code: number, reason: string, cause: Error | undefined): void {
    this.#parts.state.giveUp(`failed with ${code}: ${reason}`, cause)
    this.#parts.runner.stop()
  }

  // ---- other ends

  /** Ends a connection whose opening handshake was refused with an HTTP response, which is written already. */
  refused(why: Error): void {
    this.#parts.state.refuse(why)
    this.#parts.runner.stop()
    this.#endOurSide()
  }

  /** Drops the transport without a closing handshake; with `abort` what is unsent is lost. */
  dropConnection(abort: boolean): void {
    if (this.#parts.state.phase === 'closed') return
    this.#parts.state.giveUp('dropped by this side', undefined)
    this.#drop(abort ? 'lose-rest' : 'send-rest')
  }

  /** Drops the transport at once: nothing more is said, and what is unsent is lost. */
  giveUp(why: string, cause?: Error): void {
    this.#parts.state.giveUp(why, cause)
    this.#drop('lose-rest')
  }

  /**
   * Takes the end of the peer's side of TCP, when everything that it sent was parsed.
   *
   * Our answer to its close frame, or the close frame of a failure, goes first where it is still due. The transport is dropped behind it, since
   * `hasPeerEnded` holds then.
   */
  peerEnded(): void {
    const { state, runner } = this.#parts
    if (state.phase === 'closed') return
    const isNew = !state.hasPeerEnded
    state.peerEnded()
    if (this.#postponedFailure !== undefined || this.#isAnswering) return
    if (!runner.isHeld || runner.isStopped) this.#drop('send-rest')
    else if (isNew) this.#lastHooks.wait()
  }

  // ---- TCP (RFC 6455 §7.1.1)

  /**
   * Ends our side, and throws away what the peer still sends until it has ended its own: closing a socket with unread input makes the
   * kernel reset the connection, and what was sent last may be lost.
   */
  #endOurSide(): void {
    const { stream, incoming } = this.#parts
    stream.end()
    incoming.discard()
    this.#deadlines.wait('until-last-octets-arrive')
  }

  /** Drops the transport, both sides of it. The rest is what was taken to be sent and is still here. */
  #drop(how: 'send-rest' | 'lose-rest'): void {
    const { state, events, runner, incoming, outbox, stream } = this.#parts
    const abort = how === 'lose-rest'
    if (!abort) {
      // may end the connection
      outbox.sendBroadcasts()
      if (state.phase === 'closed') return
    }
    state.transportDropped()
    runner.stop()
    events.endBegan()
    if (abort) outbox.discard()
    else outbox.flush()
    incoming.discard()
    this.#deadlines.stopAll()
    stream.destroy(abort)
    if (!abort) this.#deadlines.wait('until-transport-is-gone')
  }

  /** Takes note that the system has taken what was written. */
  drained(): void {
    this.#deadlines.drained()
  }

  /** Takes the end of the transport, and returns how the connection ended. */
  transportClosed(error: Error | undefined): CloseInfo {
    const { state, events, runner, incoming, outbox } = this.#parts
    state.transportDropped()
    this.#deadlines.stopAll()
    events.endBegan()
    runner.stop()
    incoming.discard()
    outbox.discard()
    return state.closeInfo(error)
  }

  // ---- when time is up

  timeIsUp(wait: Wait): void {
    const { state, stream, options } = this.#parts
    switch (wait) {
      case 'until-peer-closes':
        state.giveUp(`closing handshake not finished within ${options.closeHandshakeTimeout} s: ${this.#whyUnfinished}`, undefined)
        return this.#dropOverdue()
      case 'until-answer-leaves':
        return this.giveUp(`a frame was left incomplete for ${options.closeHandshakeTimeout} s after the peer's close frame`)
      case 'until-peer-ends':
      case 'until-last-octets-arrive':
        return this.#dropOverdue()
      case 'until-transport-is-gone':
        return stream.destroy(true)
    }
  }

  /** The reason why both close frames have not passed in time. The peer is to blame only if nothing of ours was in its way. */
  get #whyUnfinished(): string {
    const { state, runner } = this.#parts
    if (state.isCloseWaiting) return 'our close frame had to wait for something that was not completed'
    return runner.isHeld ? 'the application holds the reading' : 'the peer did not answer'
  }

  /** Drops the transport. Where octets may still be on their way to the peer it is ended, since a reset would discard them. */
  #dropOverdue(): void {
    this.#drop(this.#deadlines.mayBeOnTheWay ? 'send-rest' : 'lose-rest')
  }
}

/** The close frame of a failure. */
interface FailureFrame {
  readonly code: number
  readonly payload: Octets
}
