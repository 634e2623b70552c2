import { Deadline } from '../life/deadline.ts'
import { millisecondsFor, SendingProgress } from '../sending/sending-progress.ts'
import type { ClosingParts } from './closing-parts.ts'

/** The names of the waits: the end of a connection waits for one of these at a time. */
export type Wait = 'until-peer-closes' | 'until-answer-leaves' | 'until-peer-ends' | 'until-last-octets-arrive' | 'until-transport-is-gone'

export interface DeadlineEvents {
  /** The time for this wait is over. */
  timeIsUp(wait: Wait): void
}

/**
 * The deadlines of the end of a connection.
 *
 *     waits                      for                                                at most, in seconds
 *     ────────────────────────── ────────────────────────────────────────────────── ───────────────────────────────────────────────
 *     until-peer-closes          the peer's close frame, which answers ours         closeHandshakeTimeout¹
 *     until-answer-leaves        the end of a streamed frame, or an encoder         closeHandshakeTimeout¹
 *     until-peer-ends            the end of the peer's side of TCP (§7.1.1)         server: failLingerTimeout²,
 *                                                                                   client: serverConnectionDropTimeout¹
 *     until-last-octets-arrive   the same, after the close frame of a failure or    failLingerTimeout²
 *                                the HTTP response of a refusal
 *     until-transport-is-gone    the end of the transport, which was dropped        failLingerTimeout²
 *     for hooks, beside these    the next of the hooks that wait to be called       2.5, or closeHandshakeTimeout / 2 if that is less
 *
 * ¹ 0 waits for ever. ² 0 waits for 0.1 s, so that every transport is gone in the end.
 *
 * The time of each begins when the last octet of this side has left. Until then the peer has the same time to take something, and one second
 * more for each KiB that it takes: it may be busy with a large message.
 */
export class ClosingDeadlines {
  readonly #parts: ClosingParts
  readonly #events: DeadlineEvents
  #hooksDeadline: Deadline | undefined
  /** The wait whose time has not begun, because octets of this side have not left yet. */
  #pending: PendingWait | undefined
  /** Made when it is first needed. */
  #madeProgress: SendingProgress | undefined

  constructor(parts: ClosingParts, events: DeadlineEvents) {
    this.#parts = parts
    this.#events = events
  }

  // ---- the wait

  /** Begins a wait, which takes the place of the one before. */
  wait(wait: Wait): void {
    const { outbox, stream } = this.#parts
    outbox.flush()
    this.#pending = undefined
    const seconds = this.#secondsFor(wait)
    if (seconds === 0 || this.#isAllSent) return this.#setDeadline(wait, seconds)
    this.#pending = { wait, seconds, longest: millisecondsFor(outbox.bufferedAmount) }
    this.#progress.begin()
    this.#waitForOctets(this.#pending)
    if (this.#progress.unsent > 0) stream.notifyDrained()
  }

  /** Takes note that the system has taken what was written: the time of the wait begins, if that was all. */
  drained(): void {
    if (this.#pending === undefined) return
    if (this.#isAllSent) this.#octetsHaveLeft(this.#pending)
    else if (this.#progress.unsent > 0) this.#parts.stream.notifyDrained()
  }

  /** Ends the wait without its deadline, and lets that for hooks go on. */
  stopWaiting(): void {
    this.#pending = undefined
    this.#parts.deadline.cancel()
  }

  /** Ends both waits. */
  stopAll(): void {
    this.stopWaiting()
    this.stopWaitingForHooks()
  }

  // ---- hooks

  /** Calls back when no hook was called in the time that hooks have in front of the end. */
  waitForHooks(expired: () => void): void {
    const { clock, options } = this.#parts
    this.#hooksDeadline ??= new Deadline(clock)
    this.#hooksDeadline.set(Math.min(options.closeHandshakeTimeout / 2 || longestForHooks, longestForHooks), expired)
  }

  stopWaitingForHooks(): void {
    this.#hooksDeadline?.cancel()
  }

  // ---- octets of this side

  /** Whether the system has taken everything, and may still hold octets that the peer has not got. */
  get mayBeOnTheWay(): boolean {
    return this.#progress.mayBeOnTheWay
  }

  get #isAllSent(): boolean {
    return !this.#parts.state.isCloseWaiting && this.#parts.outbox.bufferedAmount === 0
  }

  /** Checks from time to time whether the peer takes our octets. Time is up when it is too slow, or has taken nothing for too long. */
  #waitForOctets(pending: PendingWait): void {
    const progress = this.#progress
    const milliseconds = pending.seconds * 1000
    progress.look()
    const rest = Math.min(progress.timeLeft(milliseconds), progress.timeToMove(milliseconds))
    if (rest > 0) this.#parts.deadline.set(rest / 1000, () => this.#waitForOctets(pending))
    else this.#events.timeIsUp(pending.wait)
  }

  /**
   * Begins the time of the wait. What the system has taken may still be on its way: the peer has the time that it needs for that too, at
   * the rate seen before, but in all no more than a second for each KiB.
   */
  #octetsHaveLeft({ wait, seconds, longest }: PendingWait): void {
    const progress = this.#progress
    this.#pending = undefined
    const onTheWay = Math.min(progress.timeToRead, Math.max(0, longest - progress.elapsed))
    this.#setDeadline(wait, seconds + onTheWay / 1000)
  }

  #setDeadline(wait: Wait, seconds: number): void {
    this.#parts.deadline.set(seconds, () => this.#events.timeIsUp(wait))
  }

  #secondsFor(wait: Wait): number {
    const { options, serverConnectionDropTimeout } = this.#parts
    const linger = options.failLingerTimeout || shortestLinger
    switch (wait) {
      case 'until-peer-closes':
      case 'until-answer-leaves':
        return options.closeHandshakeTimeout
      case 'until-peer-ends':
        return serverConnectionDropTimeout ?? linger
      case 'until-last-octets-arrive':
      case 'until-transport-is-gone':
        return linger
    }
  }

  get #progress(): SendingProgress {
    const { stream, outbox, clock } = this.#parts
    this.#madeProgress ??= new SendingProgress(stream, outbox, clock)
    return this.#madeProgress
  }
}

interface PendingWait {
  readonly wait: Wait
  /** The seconds of the wait, from when the last octet has left. */
  readonly seconds: number
  /** Milliseconds in which the slowest peer that counts as alive takes what was unsent. */
  readonly longest: number
}

/** Seconds that the hooks in front of the end have without one being called. */
const longestForHooks = 2.5

/** Seconds of lingering where `failLingerTimeout` is 0. */
const shortestLinger = 0.1
