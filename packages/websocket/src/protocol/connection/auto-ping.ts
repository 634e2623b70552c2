import type { Timer, Waiting } from '../../bytes/clock.ts'
import type { Octets } from '../../bytes/octets.ts'
import type { Runtime } from '../../bytes/runtime.ts'
import type { CommonOptions } from '../options/options.ts'
import { millisecondsFor, type SendingProgress } from '../sending/sending-progress.ts'

/** The connection that is pinged. */
export interface AutoPingTarget {
  readonly shared: AutoPingParts
  /** Whether this side holds the reading, so that the peer's deadline must not run. */
  readonly isHeld: boolean
  /** Whether a frame is being streamed: a ping has to wait for its end. */
  readonly isInFrame: boolean
  /** Called once, before the first ping. */
  makeProgress(): SendingProgress
  sendPing(payload: Octets): void
  peerIsDead(): void
}

export type AutoPingOptions = Pick<CommonOptions, 'autoPingInterval' | 'autoPingTimeout' | 'autoPingSize' | 'autoPingRestartOnAnyTraffic'>

/** The parts that all connections of a factory share. */
export interface AutoPingParts {
  readonly options: AutoPingOptions
  readonly runtime: Pick<Runtime, 'clock' | 'crypto'>
}

/**
 * Pings a silent peer, measures the round trip, and reports a peer that does not answer as dead.
 *
 * A peer that takes octets at 1 KiB/s is alive, even if no pong comes: the ping waits behind everything that was sent before it.
 *
 * One ping is under way at a time. Its payload is random, so that a peer cannot answer before it has seen the ping (RFC 6455 §5.5.2).
 */
export class AutoPing implements Waiting {
  readonly #target: AutoPingTarget
  #timer: Timer | undefined
  /** In whole milliseconds, rounded up: V8 keeps a fraction as an object. */
  #lastSign: number
  /** Made for the first ping. */
  #madePings: Pings | undefined

  constructor(target: AutoPingTarget) {
    this.#target = target
    this.#lastSign = Math.ceil(this.#now)
  }

  start(): void {
    if (this.#target.shared.options.autoPingInterval > 0) this.#schedule(this.#target.shared.options.autoPingInterval * 1000)
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    if (this.#madePings !== undefined) this.#madePings.awaited = undefined
  }

  /** Takes note that something was received. */
  trafficReceived(): void {
    if (this.#target.shared.options.autoPingRestartOnAnyTraffic) this.#lastSign = Math.ceil(this.#now)
  }

  /** Gives the peer its time for the pong anew, since this side held the reading and reads again. */
  readingResumed(): void {
    const pings = this.#madePings
    if (pings?.awaited !== undefined) pings.waitingSince = this.#now
  }

  /** Returns the round trip in milliseconds if this pong answers our ping. */
  pongReceived(payload: Octets): number | undefined {
    const pings = this.#madePings
    if (pings === undefined) return undefined
    if (pings.unanswered !== undefined && areEqual(payload, pings.unanswered)) pings.unanswered = undefined
    if (pings.awaited === undefined || !areEqual(payload, pings.awaited)) return undefined
    pings.awaited = undefined
    pings.readByPeer = pings.ahead
    const now = this.#now
    this.#lastSign = Math.ceil(now)
    this.#schedule(this.#target.shared.options.autoPingInterval * 1000)
    pings.roundTripTime = now - pings.pingedAt
    return pings.roundTripTime
  }

  /** The last round trip in milliseconds; `undefined` before the first. */
  get roundTripTime(): number | undefined {
    return this.#madePings?.roundTripTime
  }

  /** Called by the clock: pings, or gives up a peer that has not answered. */
  timeIsUp(): void {
    const pings = this.#madePings
    if (pings?.awaited === undefined) this.#pingIfSilent()
    else this.#giveUpIfSilent(pings, pings.awaited)
  }

  get #now(): number {
    return this.#target.shared.runtime.clock.now()
  }

  get #pings(): Pings {
    this.#madePings ??= new Pings(this.#target.makeProgress())
    return this.#madePings
  }

  #schedule(delay: number): void {
    const { schedule } = this.#target.shared.runtime.clock
    this.#timer?.cancel()
    this.#timer = schedule.forObject?.(this, delay) ?? this.#target.shared.runtime.clock.schedule(() => this.timeIsUp(), delay)
  }

  #pingIfSilent(): void {
    const rest = this.#lastSign + this.#target.shared.options.autoPingInterval * 1000 - this.#now
    if (rest > 0) return this.#schedule(rest)
    const pings = this.#pings
    if (this.#target.isInFrame) return this.#watchFrame(pings)
    const { sending } = pings
    pings.isWatching = false
    sending.begin()
    pings.wasSending = sending.unsent > 0
    pings.sentAt = pings.waitingSince = this.#now
    pings.isRepeated = pings.wasSending && pings.unanswered !== undefined
    pings.awaited = pings.isRepeated ? pings.unanswered : this.#ping(pings)
    pings.ahead = sending.heldBySystem === 0 ? 0 : sending.heldBySystem + sending.unsent
    this.#schedule((this.#target.shared.options.autoPingTimeout || this.#target.shared.options.autoPingInterval) * 1000)
  }

  /**
   * Sends a ping. It is not called while octets are unsent and the last ping is unanswered: for a peer that takes nothing, one more ping
   * would wait after each interval, and automatic pings do not count against `maxUnsentSize`.
   */
  #ping(pings: Pings): Octets {
    const payload = new Uint8Array(this.#target.shared.options.autoPingSize)
    this.#target.shared.runtime.crypto.fillRandom(payload)
    pings.unanswered = payload
    pings.pingedAt = pings.sentAt
    this.#target.sendPing(payload)
    return payload
  }

  /**
   * Watches a frame that is being streamed, into which no ping can go. A peer that takes its octets is alive, and one that is sent none
   * cannot show it.
   */
  #watchFrame(pings: Pings): void {
    const { autoPingTimeout, autoPingInterval } = this.#target.shared.options
    const { sending } = pings
    if (pings.isWatching && this.#isStuck(sending)) return this.#target.peerIsDead()
    if (!pings.isWatching || this.#showsLife(sending)) sending.begin()
    pings.isWatching = true
    this.#schedule((autoPingTimeout || autoPingInterval) * 1000)
  }

  /**
   * Gives a peer up that shows no life since our ping. A peer that sent anything is alive, and so is one that takes what was sent before
   * the ping. A peer whose octets we do not read cannot show it. It gets the same ping again, because the system reports a peer that is
   * gone only at a second write.
   */
  #giveUpIfSilent(pings: Pings, awaited: Octets): void {
    const timeout = this.#target.shared.options.autoPingTimeout * 1000
    if (this.#lastSign > pings.sentAt || timeout === 0) {
      pings.awaited = undefined
      return this.#pingIfSilent()
    }
    const { sending } = pings
    if (sending.unsent > 0 || pings.wasSending) {
      if (this.#isStuck(sending)) return this.#target.peerIsDead()
      if (this.#showsLife(sending)) sending.begin()
      pings.wasSending = sending.unsent > 0
      this.readingResumed()
      return this.#schedule(timeout)
    }
    if (pings.isRepeated) {
      // the peer may have left out the pong of the earlier ping (RFC 6455 §5.5.3), and was not sent another
      pings.awaited = undefined
      return this.#pingIfSilent()
    }
    if (this.#target.isHeld) {
      if (!this.#target.isInFrame) this.#target.sendPing(awaited)
      return this.#schedule(timeout)
    }
    const rest = pings.waitingSince + timeout + millisecondsFor(Math.max(0, pings.ahead - pings.readByPeer)) - this.#now
    if (rest > 0) this.#schedule(rest)
    else this.#target.peerIsDead()
  }

  /** Tells whether the peer has taken nothing of what is unsent for as long as it may. */
  #isStuck(sending: SendingProgress): boolean {
    return !this.#showsLife(sending) && sending.hasStood(this.#target.shared.options.autoPingTimeout * 1000)
  }

  /** Tells whether the peer takes octets, or has none to take, so that its time begins anew. */
  #showsLife(sending: SendingProgress): boolean {
    return this.#target.shared.options.autoPingTimeout === 0 || sending.unsent === 0 || sending.isMoving
  }
}

/** The pings of one connection. An idle connection has none until its first interval is over (decision 77). */
class Pings {
  readonly sending: SendingProgress
  /** The payload of the ping whose pong is awaited. */
  awaited: Octets | undefined
  sentAt = 0
  /** The payload of the last ping, until its pong comes, and when that ping was written. */
  unanswered: Octets | undefined
  pingedAt = 0
  /** Whether no ping was written for this interval, because the one before is unanswered and octets are unsent. */
  isRepeated = false
  /** When the deadline of the pong began to run: at the ping, or when reading went on after it was held. */
  waitingSince = 0
  /** Whether a ping waits for the end of a frame that is being streamed. */
  isWatching = false
  /** Whether octets were unsent at the last look: then the peer may have got the ping only a moment ago. */
  wasSending = false
  /** Octets in front of the ping that the peer may still have to read, although the system has taken them. */
  ahead = 0
  /** Octets that the peer has read: those in front of the last ping that it answered. */
  readByPeer = 0
  roundTripTime: number | undefined

  constructor(sending: SendingProgress) {
    this.sending = sending
  }
}

function areEqual(one: Octets, other: Octets): boolean {
  return one.length === other.length && one.every((octet, at) => octet === other[at])
}
