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
import type { Outgoing } from '../sending/outgoing.ts'
import type { Sender } from '../sending/sender.ts'
import { millisecondsFor, type SendingProgress } from '../sending/sending-progress.ts'
import type { AutoPing } from './auto-ping.ts'

/** What the end of a connection depends on, besides how it is ended. */
export interface ClosingParts {
  readonly state: ConnectionState
  readonly deadline: Deadline
  readonly clock: Clock
  readonly stream: ByteStream
  readonly runner: HookRunner
  readonly incoming: Incoming
  /** What broadcasts have brought comes before our close frame and our end, unless this side fails the connection. */
  readonly sender: Pick<Sender, 'writeDue'>
  readonly target: ClosingTarget
  readonly hooks: Hooks
  /** As in `SharedParts`. */
  readonly answersInMicrotasks: boolean
  readonly text: Text
  readonly isServer: boolean
  /** Seconds to wait for the other side to end TCP after the closing handshake. */
  readonly dropTimeout: number
  readonly options: Pick<CommonOptions, 'failByDrop' | 'echoCloseCodeReason' | 'closeHandshakeTimeout' | 'failLingerTimeout'>
}

/** The connection, as its end sees it. */
export interface ClosingTarget {
  /** The sending half of an open connection. Made when it is first asked for: most connections that their peer ends have sent nothing. */
  readonly outgoing: Outgoing
  /** The sending half if it was made. */
  readonly madeOutgoing: Outgoing | undefined
  makeProgress(): SendingProgress
  /** The peer sends no more, and hooks of what it has sent still wait: whoever paused the reading may let them be called. */
  lastHooksWait(): void
}

/** How a connection ends: closing handshake (RFC 6455 §7.1), failure (§7.1.7), drop; each with a deadline. */
export class Closing {
  readonly #parts: ClosingParts
  #progress: SendingProgress | undefined
  #autoPing: AutoPing | undefined
  #hasPeerEnded = false
  #isClosingDone = false
  /** The peer's close frame is there, and hooks wait that come before its answer. */
  #answerWaits = false
  /** Runs while hooks still wait that come before the end. */
  #patience: Deadline | undefined
  /** Called when the last octet of this side has left. */
  #whenSent: (() => void) | undefined
  /** Sends the close frame of a connection that the peer's fault has failed, while that waits for the application's answers. */
  #sendFailure: (() => void) | undefined

  constructor(parts: ClosingParts) {
    this.#parts = parts
  }

  /** The connection is open. Its automatic pings stop when it begins to end. */
  open(autoPing: AutoPing | undefined): void {
    this.#autoPing = autoPing
  }

  // ---- this side ends it

  /** Begins the closing handshake; false where it has begun. */
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
   * An application that answers in microtasks has the messages before the fault, and has had no turn to answer them. Its answers
   * are sent first, and the close frame follows in the same turn of the event loop.
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

  /** Gives the connection up without a close frame. */
  giveUp(why: string, cause?: Error): void {
    this.#parts.state.fail(why, cause)
    this.#drop(true)
  }

  /** The opening handshake was refused, and the refusal is written: lingers so that it arrives. */
  refused(why: Error): void {
    this.#parts.state.refuse(why)
    this.#parts.runner.stop()
    this.#endAndLinger()
  }

  dropConnection(abort: boolean): void {
    if (this.#parts.state.phase === 'closed') return
    this.#parts.state.fail('dropped by this side', undefined)
    this.#drop(abort)
  }

  /** The system has taken what was written. */
  drained(): void {
    if (this.#whenSent === undefined) return
    if (this.#isAllSent) this.#whenSent()
    else if (this.#sending.unsent > 0) this.#parts.stream.notifyDrained()
  }

  // ---- the peer ends it

  /** RFC 6455 §5.5.1: after a close frame nothing counts any more; it is answered once the application has looked at it. */
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
    // both close frames are there: what is waited for now is the application
    if (state.hasSentClose) deadline.cancel()
    this.#awaitHooks(2, answer)
  }

  /** The peer ended its side of the transport, and everything it sent was parsed. Called again when the hooks of it have been called. */
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

  /** The transport is gone: nothing is left but to say how it ended. */
  gone(error: Error | undefined): CloseInfo {
    this.#parts.state.close()
    this.#parts.deadline.cancel()
    this.#patience?.cancel()
    this.#autoPing?.stop()
    this.#parts.runner.stop()
    this.#parts.incoming.discard()
    this.#parts.target.madeOutgoing?.discard()
    return this.#parts.state.closeInfo(error)
  }

  // ---- within

  #failed(code: number, reason: string, cause: Error | undefined): void {
    this.#parts.state.fail(`failed with ${code}: ${reason}`, cause)
    this.#parts.runner.stop()
  }

  #tellFailure(payload: Octets, code: number): void {
    const mayTell = !this.#parts.options.failByDrop && !this.#parts.state.hasSentClose && !this.#parts.target.outgoing.isInFrame
    if (!mayTell) return this.#drop(true)
    this.#parts.target.outgoing.abandon()
    this.#send(payload, code)
    this.#endAndLinger()
  }

  /** Calls back when all microtasks that are due have run. Deferred work comes behind them only when a microtask defers it. */
  #afterAnswers(callback: () => void): void {
    void Promise.resolve().then(() => this.#parts.clock.defer(callback))
  }

  /**
   * Acts on the end of what the peer has sent, although hooks still wait that come before it, where the application does not let them be called.
   *
   * While one after the other is called, they have all the time they need. Where none is called for some seconds, the end comes first: the
   * peer waits for the answer to its close frame, and the application for `onClose`. `ours` of the hooks belong to the end itself: behind a
   * pause, and with nothing else to wait for, there is no reason to wait.
   */
  #awaitHooks(ours: number, end: () => void): void {
    const { runner, clock, options, target } = this.#parts
    target.lastHooksWait()
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
    const { options, sender, state, text } = this.#parts
    this.#patience?.cancel()
    if (state.hasSentClose) return this.#done()
    // it may be more than the peer may leave unread, or than an extension can transform
    sender.writeDue()
    if (!state.maySend) return
    this.#send(makeClose(code, options.echoCloseCodeReason ? reason : '', text), code)
    if (state.hasSentClose) return
    const { closeHandshakeTimeout } = options
    this.#afterSending(closeHandshakeTimeout, () =>
      this.giveUp(`a frame was left incomplete for ${closeHandshakeTimeout} s after the peer's close frame`),
    )
  }

  /** Waits where a frame is being streamed; then both sides' close frames may be there. */
  #send(payload: Octets, code: number | undefined): void {
    const { state } = this.#parts
    const outgoing = this.#parts.target.outgoing
    state.beginClose(code)
    this.#autoPing?.stop()
    outgoing.close(payload, () => {
      state.closeSent()
      outgoing.flush()
      if (!state.hasBothCloseFrames) this.drained()
      else if (this.#answerWaits) this.#parts.deadline.cancel()
      else this.#done()
    })
  }

  /** RFC 6455 §7.1.1: the server ends TCP first; a client gives it a moment to. */
  #done(): void {
    if (this.#isClosingDone) return
    this.#isClosingDone = true
    if (this.#hasPeerEnded) return this.#drop(false)
    const { isServer, dropTimeout, stream } = this.#parts
    if (isServer) stream.end()
    this.#afterSending(isServer ? dropTimeout || shortestLinger : dropTimeout, () => this.#cutOff())
  }

  /** The answer may be there, behind what the application does not take. */
  #notAnswered(timeout: number): void {
    const why = this.#parts.runner.isHeld ? 'the application holds the reading' : 'the peer did not answer'
    this.#parts.state.fail(`closing handshake not finished within ${timeout} s: ${why}`, undefined)
    this.#cutOff()
  }

  /**
   * Replaces the deadline before by one that runs from when the last octet of this side has left.
   *
   * Until then the peer has the same time, and one second more for each KiB that it takes: it may be busy with a large message. What the system
   * has taken may still be on its way as well, so the peer then has the time that it needs for that at the rate seen before.
   */
  #afterSending(seconds: number, expired: () => void): void {
    const { deadline, stream } = this.#parts
    this.#parts.target.madeOutgoing?.flush()
    this.#whenSent = undefined
    if (seconds === 0 || this.#isAllSent) return deadline.set(seconds, expired)
    const longest = millisecondsFor(this.#unsent)
    const progress = this.#sending
    const look = (): void => {
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
    this.#progress ??= this.#parts.target.makeProgress()
    return this.#progress
  }

  /** Octets that the system has not taken. */
  get #unsent(): number {
    return this.#parts.target.madeOutgoing?.bufferedAmount ?? this.#parts.stream.bufferedAmount
  }

  get #isAllSent(): boolean {
    return !this.#parts.state.isCloseWaiting && this.#unsent === 0
  }

  /** The time is over. Where octets may still be on their way to the peer, the transport is ended, since a reset would discard them. */
  #cutOff(): void {
    this.#drop(!this.#sending.mayBeOnTheWay)
  }

  #endAndLinger(): void {
    const { stream, incoming } = this.#parts
    stream.end()
    incoming.discard()
    this.#afterSending(this.#linger, () => this.#cutOff())
  }

  /** No hook but `onClose` follows. A transport that does not let go is cut off. */
  #drop(abort: boolean): void {
    const { state, runner, incoming, deadline, sender, stream } = this.#parts
    if (!abort) {
      sender.writeDue()
      if (state.phase === 'closed') return
    }
    state.close()
    this.#patience?.cancel()
    runner.stop()
    this.#autoPing?.stop()
    if (abort) this.#parts.target.madeOutgoing?.discard()
    else this.#parts.target.madeOutgoing?.flush()
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

/** Seconds that are waited where `failLingerTimeout` is 0, so that a transport is always let go in the end. */
const shortestLinger = 0.1
