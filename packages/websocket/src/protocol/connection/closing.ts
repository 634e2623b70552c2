import type { ByteStream } from '../../bytes/byte-stream.ts'
import type { Clock } from '../../bytes/clock.ts'
import type { Octets, ReceivedOctets } from '../../bytes/octets.ts'
import type { Text } from '../../bytes/text.ts'
import { isError } from '../faults/as-error.ts'
import { ApiMisuse } from '../faults/errors.ts'
import { shownValue } from '../faults/shown-value.ts'
import { checkCode, makeClose, makeFailure, parseClose } from '../frames/close-frame.ts'
import type { HookRunner } from '../hooks/hook-runner.ts'
import type { Hooks } from '../hooks/hooks.ts'
import type { CloseInfo } from '../life/close-info.ts'
import type { ConnectionState } from '../life/connection-state.ts'
import { Deadline } from '../life/deadline.ts'
import type { CommonOptions } from '../options/options.ts'
import type { Incoming } from '../receiving/incoming.ts'
import type { Outbox } from '../sending/outbox.ts'
import { millisecondsFor, SendingProgress } from '../sending/sending-progress.ts'
import type { AutoPing } from './auto-ping.ts'

/** The parts of a connection that its end needs. */
export interface ClosingParts {
  readonly state: ConnectionState
  readonly deadline: Deadline
  readonly clock: Clock
  readonly stream: ByteStream
  readonly runner: HookRunner
  readonly incoming: Incoming
  readonly outbox: Outbox
  readonly events: ClosingEvents
  readonly hooks: Hooks
  /** As in `SharedParts`: whether the application can answer messages only when microtasks run. */
  readonly answersInMicrotasks: boolean
  readonly text: Text
  readonly isServer: boolean
  /** Seconds to wait for the other side to end TCP after the closing handshake. */
  readonly dropTimeout: number
  readonly options: Pick<CommonOptions, 'failByDrop' | 'echoCloseCodeReason' | 'closeHandshakeTimeout' | 'failLingerTimeout'>
}

export interface ClosingEvents {
  /**
   * The peer sends no more, and hooks of what it has sent still wait. An application that paused the reading may let them be called now.
   */
  lastHooksWait(): void
}

/**
 * Ends a connection (RFC 6455 §7): by a closing handshake (§7.1.2), by failing (§7.1.7), or by letting go of the transport. What the
 * connection is allowed meanwhile is for `ConnectionState` to say; this class takes the steps, one after the other, each with its deadline.
 *
 *     call                 goes out                                  waits for                        at most, in seconds
 *     ──────────────────── ───────────────────────────────────────── ──────────────────────────────── ─────────────────────────────────
 *     sendClose            the close frame                           the peer's close frame           closeHandshakeTimeout (not clean)
 *     closeReceived        the answer, behind hooks that wait        those hooks                      2.5 without a hook being called²
 *                                                                    the end of a streamed frame      closeHandshakeTimeout (not clean)
 *       both have passed   a server ends its side of TCP (§7.1.1)    the peer to end its side         server: failLingerTimeout,
 *                                                                                                     client: serverConnectionDropTimeout
 *     fail, failForPeer    the close frame, then the end of TCP      the peer to end its side         failLingerTimeout
 *       nothing to say¹    nothing                                   nothing                          –
 *     refused              the end of TCP, behind the HTTP response  the peer to end its side         failLingerTimeout
 *     giveUp               nothing                                   nothing                          –
 *     dropConnection       what is unsent; nothing with `abort`      the transport to be gone         failLingerTimeout
 *     peerEnded            what is unsent                            the transport to be gone         failLingerTimeout
 *
 * ¹ With `failByDrop`, when our close frame has been sent before, or within a frame that is being streamed. ² Or half of
 * `closeHandshakeTimeout`, if that is less.
 *
 * A deadline runs from when the last octet of this side has left: see `#afterSending`. At its end the transport is cut off.
 */
export class Closing {
  readonly #parts: ClosingParts
  #progress: SendingProgress | undefined
  #autoPing: AutoPing | undefined
  #hasPeerEnded = false
  #isClosingDone = false
  /** Whether the peer's close frame is there, and hooks that come before its answer still wait. */
  #answerWaits = false
  /** Limits the time that hooks in front of the end may wait. */
  #patience: Deadline | undefined
  /** Called back when the last octet of this side has left. */
  #whenSent: (() => void) | undefined
  /** Sends the close frame of a connection that failed for the peer's fault, while the frame waits for the application's answers. */
  #sendFailure: (() => void) | undefined

  constructor(parts: ClosingParts) {
    this.#parts = parts
  }

  /** Takes the automatic ping of a connection that is open, to stop it when the connection begins to end. */
  open(autoPing: AutoPing | undefined): void {
    this.#autoPing = autoPing
  }

  // ---- this side ends it

  /** Begins the closing handshake (RFC 6455 §7.1.2). Returns false where it has begun, or where the connection has failed. */
  sendClose(code: number | undefined, reason: string): boolean {
    const { state, options, text } = this.#parts
    if (state.phase === 'connecting') throw new ApiMisuse('sendClose before the connection is open')
    const payload = makeClose(code, reason, text)
    this.#sendFailure?.()
    if (!state.maySend) return false
    this.#send(payload, code)
    const { closeHandshakeTimeout } = options
    if (!this.#isClosingDone && !state.hasBothCloseFrames)
      this.#afterSending(closeHandshakeTimeout, () => this.#notAnswered(closeHandshakeTimeout))
    return true
  }

  /** Fails the connection (RFC 6455 §7.1.7) for a reason of this side. Does nothing where it has failed before, or is closed. */
  fail(code: number, reason: string, cause?: Error): void {
    this.#sendFailure?.()
    const { state, text } = this.#parts
    if (state.isOver) return
    if (state.phase === 'connecting') throw new ApiMisuse('failConnection before the connection is open')
    checkCode(code)
    const payload = makeFailure(code, reason, text)
    if (cause !== undefined && !isError(cause)) throw new ApiMisuse(`the cause of a failure must be an Error, and not ${shownValue(cause)}`)
    this.#failed(code, reason, cause)
    this.#tellFailure(payload, code)
  }

  /**
   * Fails the connection for the peer's fault. From now on nothing that the peer sends is processed (RFC 6455 §7.1.7).
   *
   * An application that answers in microtasks has been given the messages before the fault, and could not answer them yet. Its answers are
   * sent first, and the close frame follows in the same turn of the event loop.
   */
  failForPeer(code: number, reason: string, cause: Error): void {
    const { answersInMicrotasks, state, incoming, options, text } = this.#parts
    if (!answersInMicrotasks || !state.maySend || options.failByDrop) return this.fail(code, reason, cause)
    if (state.hasFailed) return
    const payload = makeFailure(code, reason, text)
    this.#sendFailure = () => {
      this.#sendFailure = undefined
      if (state.phase !== 'closed') this.#tellFailure(payload, code)
    }
    this.#failed(code, reason, cause)
    incoming.discard()
    this.#afterAnswers(() => this.#sendFailure?.())
  }

  /** Drops a connection whose peer cannot be reached any more: no close frame, and what is unsent is lost. */
  giveUp(why: string, cause?: Error): void {
    this.#parts.state.fail(why, cause)
    this.#drop(true)
  }

  /** Ends a connection whose opening handshake was refused. The refusal is written; lingering lets it arrive. */
  refused(why: Error): void {
    this.#parts.state.refuse(why)
    this.#parts.runner.stop()
    this.#endAndLinger()
  }

  /** Lets go of the transport without a closing handshake; with `abort` what is unsent is lost. */
  dropConnection(abort: boolean): void {
    if (this.#parts.state.phase === 'closed') return
    this.#parts.state.fail('dropped by this side', undefined)
    this.#drop(abort)
  }

  /** The system has taken what was written: the next deadline runs from now, if that was all. */
  drained(): void {
    if (this.#whenSent === undefined) return
    if (this.#isAllSent) this.#whenSent()
    else if (this.#sending.unsent > 0) this.#parts.stream.notifyDrained()
  }

  /** Our close frame is sent. Where it had to wait, the peer's may be there by now. */
  closeFrameSent(): void {
    const { state, deadline } = this.#parts
    if (!state.hasBothCloseFrames) this.drained()
    else if (this.#answerWaits) deadline.cancel()
    else this.#done()
  }

  // ---- the peer ends it

  /**
   * Takes the peer's close frame. What comes behind it does not count any more (RFC 6455 §5.5.1); it is answered behind the hooks that
   * wait.
   */
  closeReceived(payload: ReceivedOctets): void {
    const { answersInMicrotasks, runner, incoming, hooks, state, text, deadline } = this.#parts
    const { code, reason } = parseClose(payload, text)
    // decoded before the hook, which may change or transfer the octets
    const said = text.decode(reason)
    state.closeReceived(code, said)
    this.#autoPing?.stop()
    let isDue = false
    this.#answerWaits = true
    const answer = (): void => {
      this.#answerWaits = false
      this.#answer(code, said)
    }
    runner.run(() => hooks.onCloseFrame(code, reason))
    runner.run(() => {
      isDue = true
      if (!answersInMicrotasks) return answer()
      this.#afterAnswers(() => runner.isStopped || answer())
    })
    incoming.discard()
    if (isDue || runner.isStopped) return
    // both close frames are there: only the application is waited for now
    if (state.hasSentClose) deadline.cancel()
    this.#awaitHooks(2, answer)
  }

  /**
   * Takes the end of the peer's side of the transport, when everything it sent was parsed, and again when the hooks of it have been called.
   */
  peerEnded(): void {
    const { state, runner } = this.#parts
    if (state.phase === 'closed') return
    const isNew = !this.#hasPeerEnded
    this.#hasPeerEnded = true
    if (this.#sendFailure !== undefined) return
    if (state.phase === 'connecting') state.lose('the peer ended the transport during the opening handshake')
    if (state.hasReceivedClose && !state.hasFailed && !this.#isClosingDone) return
    if (!runner.isHeld || runner.isStopped) this.#drop(false)
    else if (isNew) this.#awaitHooks(0, () => this.#drop(false))
  }

  /** Takes the end of the transport, and returns how the connection ended. */
  transportClosed(error: Error | undefined): CloseInfo {
    this.#parts.state.close()
    this.#parts.deadline.cancel()
    this.#patience?.cancel()
    this.#autoPing?.stop()
    this.#parts.runner.stop()
    this.#parts.incoming.discard()
    this.#parts.outbox.discard()
    return this.#parts.state.closeInfo(error)
  }

  // ---- within

  #failed(code: number, reason: string, cause: Error | undefined): void {
    this.#parts.state.fail(`failed with ${code}: ${reason}`, cause)
    this.#parts.runner.stop()
  }

  #tellFailure(payload: Octets, code: number): void {
    const mayTell = !this.#parts.options.failByDrop && !this.#parts.state.hasSentClose && !this.#parts.outbox.isInFrame
    if (!mayTell) return this.#drop(true)
    this.#parts.outbox.abandon()
    this.#send(payload, code)
    this.#endAndLinger()
  }

  /** Calls back when all microtasks that are due have run. Deferred work comes behind them only when a microtask defers it. */
  #afterAnswers(callback: () => void): void {
    void Promise.resolve().then(() => this.#parts.clock.defer(callback))
  }

  /**
   * Calls `end` in front of the hooks that wait, if the application does not let these be called.
   *
   * While one hook after the other is called, they have all the time they need. If none is called for some seconds, the end overtakes them:
   * the peer waits for the answer to its close frame, and the application for `onClose`. `ours` is how many of the hooks belong to the end
   * itself. If no others wait and the application has paused the reading, the end comes at once.
   */
  #awaitHooks(ours: number, end: () => void): void {
    const { runner, clock, options, events } = this.#parts
    events.lastHooksWait()
    const overtake = (): void => {
      runner.stop()
      end()
    }
    const waiting = runner.waitingCount
    if (!runner.isHeld || runner.isStopped) return
    if (!runner.isAwaiting && waiting <= ours) return overtake()
    this.#patience ??= new Deadline(clock)
    const seconds = Math.min(options.closeHandshakeTimeout / 2 || longestPatience, longestPatience)
    this.#patience.set(seconds, () => (runner.waitingCount < waiting ? this.#awaitHooks(ours, end) : overtake()))
  }

  #answer(code: number | undefined, reason: string): void {
    const { options, outbox, state, text } = this.#parts
    this.#patience?.cancel()
    if (state.hasSentClose) return this.#done()
    // what broadcasts have brought goes in front of the answer, and may end the connection: by the limit, or by an encoder that fails
    outbox.writeDue()
    if (!state.maySend) return
    this.#send(makeClose(code, options.echoCloseCodeReason ? reason : '', text), code)
    if (state.hasSentClose) return
    const { closeHandshakeTimeout } = options
    this.#afterSending(closeHandshakeTimeout, () =>
      this.giveUp(`a frame was left incomplete for ${closeHandshakeTimeout} s after the peer's close frame`),
    )
  }

  /** Sends our close frame. It may have to wait, and `closeFrameSent` follows when it is sent. */
  #send(payload: Octets, code: number | undefined): void {
    const { state, outbox } = this.#parts
    state.beginClose(code)
    this.#autoPing?.stop()
    outbox.sendClose(payload)
  }

  /** Ends a closing handshake that is done. The server ends TCP first, and a client gives it a moment to (RFC 6455 §7.1.1). */
  #done(): void {
    if (this.#isClosingDone) return
    this.#isClosingDone = true
    if (this.#hasPeerEnded) return this.#drop(false)
    const { isServer, dropTimeout, stream } = this.#parts
    if (isServer) stream.end()
    this.#afterSending(isServer ? dropTimeout || shortestLinger : dropTimeout, () => this.#cutOff())
  }

  /** The peer's close frame may be there all the same, behind messages whose hooks the application holds back. */
  #notAnswered(timeout: number): void {
    const why = this.#parts.runner.isHeld ? 'the application holds the reading' : 'the peer did not answer'
    this.#parts.state.fail(`closing handshake not finished within ${timeout} s: ${why}`, undefined)
    this.#cutOff()
  }

  /**
   * Replaces the deadline by one that runs from when the last octet of this side has left.
   *
   * Until then the peer has the same time, and one second more for each KiB that it takes: it may be busy with a large message. Octets that
   * the system has taken may still be on their way. The peer has the time that it needs for those too, at the rate seen before.
   */
  #afterSending(seconds: number, expired: () => void): void {
    const { deadline, stream } = this.#parts
    this.#parts.outbox.flush()
    this.#whenSent = undefined
    if (seconds === 0 || this.#isAllSent) return deadline.set(seconds, expired)
    const longest = millisecondsFor(this.#parts.outbox.bufferedAmount)
    const progress = this.#sending
    const look = (): void => {
      progress.look()
      const rest = Math.min(progress.timeLeft(seconds * 1000), progress.timeToMove(seconds * 1000))
      if (rest > 0) deadline.set(rest / 1000, look)
      else expired()
    }
    this.#whenSent = () => {
      this.#whenSent = undefined
      const rest = Math.min(progress.timeToRead, Math.max(0, longest - progress.elapsed))
      deadline.set(seconds + rest / 1000, expired)
    }
    progress.begin()
    look()
    if (progress.unsent > 0) stream.notifyDrained()
  }

  get #sending(): SendingProgress {
    const { stream, outbox, clock } = this.#parts
    this.#progress ??= new SendingProgress(stream, outbox, clock)
    return this.#progress
  }

  get #isAllSent(): boolean {
    return !this.#parts.state.isCloseWaiting && this.#parts.outbox.bufferedAmount === 0
  }

  /**
   * Lets go of the transport when the time is over. Where octets may still be on their way to the peer, it is ended, since a reset would
   * discard them.
   */
  #cutOff(): void {
    this.#drop(!this.#sending.mayBeOnTheWay)
  }

  #endAndLinger(): void {
    const { stream, incoming } = this.#parts
    stream.end()
    incoming.discard()
    this.#afterSending(this.#linger, () => this.#cutOff())
  }

  /** Lets go of the transport. One that is not gone in time is cut off. */
  #drop(abort: boolean): void {
    const { state, runner, incoming, deadline, outbox, stream } = this.#parts
    if (!abort) {
      outbox.writeDue()
      if (state.phase === 'closed') return
    }
    state.close()
    this.#patience?.cancel()
    runner.stop()
    this.#autoPing?.stop()
    if (abort) outbox.discard()
    else outbox.flush()
    incoming.discard()
    this.#whenSent = undefined
    deadline.cancel()
    stream.destroy(abort)
    if (!abort) this.#afterSending(this.#linger, () => stream.destroy(true))
  }

  get #linger(): number {
    return this.#parts.options.failLingerTimeout || shortestLinger
  }
}

/** Seconds without a hook being called after which the end of a connection comes before those that wait. */
const longestPatience = 2.5

/** Seconds of lingering where `failLingerTimeout` is 0, so that every transport is let go of in the end. */
const shortestLinger = 0.1
