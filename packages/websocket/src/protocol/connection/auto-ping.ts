import type { Clock, Timer } from '../../bytes/clock.ts'
import type { Crypto } from '../../bytes/crypto.ts'
import type { Octets } from '../../bytes/octets.ts'
import type { CommonOptions } from '../options/options.ts'
import { millisecondsFor, type SendingProgress } from '../sending/sending-progress.ts'

/** The connection that is pinged. */
export interface AutoPingTarget {
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

/**
 * Pings a silent peer, measures the round trip, and reports a peer that does not answer as dead.
 *
 * A peer that takes octets at 1 KiB/s is alive, even if no pong comes: the ping waits behind everything that was sent before it.
 *
 * One ping is under way at a time. Its payload is random, so that a peer cannot answer before it has seen the ping (RFC 6455 §5.5.2).
 */
export class AutoPing {
  readonly #options: AutoPingOptions
  readonly #clock: Clock
  readonly #crypto: Crypto
  readonly #target: AutoPingTarget
  /** Made with the first ping. */
  #sending: SendingProgress | undefined
  #timer: Timer | undefined
  #lastSign: number
  #payload: Octets | undefined
  #sentAt = 0
  /** The payload of the last ping, until its pong comes, and when that ping was written. */
  #unanswered: Octets | undefined
  #pingedAt = 0
  /** Whether no ping was written for this interval, because the one before is unanswered and octets are unsent. */
  #isRepeated = false
  /** When the deadline of the pong began to run: at the ping, or when reading went on after it was held. */
  #waitingSince = 0
  /** Whether a ping waits for the end of a frame that is being streamed. */
  #isWatching = false
  /** Whether octets were unsent at the last look: then the peer may have got the ping only a moment ago. */
  #wasSending = false
  /** Octets in front of the ping that the peer may still have to read, although the system has taken them. */
  #ahead = 0
  /** Octets that the peer has read: those in front of the last ping that it answered. */
  #readByPeer = 0

  constructor(options: AutoPingOptions, clock: Clock, crypto: Crypto, target: AutoPingTarget) {
    this.#options = options
    this.#clock = clock
    this.#crypto = crypto
    this.#target = target
    this.#lastSign = clock.now()
  }

  start(): void {
    if (this.#options.autoPingInterval > 0) this.#schedule(this.#options.autoPingInterval * 1000)
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#payload = undefined
  }

  /** Takes note that something was received. */
  trafficReceived(): void {
    if (this.#options.autoPingRestartOnAnyTraffic) this.#lastSign = this.#clock.now()
  }

  /** Gives the peer its time for the pong anew, since this side held the reading and reads again. */
  readingResumed(): void {
    if (this.#payload !== undefined) this.#waitingSince = this.#clock.now()
  }

  /** Returns the round trip in milliseconds if this pong answers our ping. */
  pongReceived(payload: Octets): number | undefined {
    if (this.#unanswered !== undefined && areEqual(payload, this.#unanswered)) this.#unanswered = undefined
    if (this.#payload === undefined || !areEqual(payload, this.#payload)) return undefined
    this.#payload = undefined
    this.#readByPeer = this.#ahead
    const now = this.#clock.now()
    this.#lastSign = now
    this.#schedule(this.#options.autoPingInterval * 1000)
    return now - this.#pingedAt
  }

  #schedule(delay: number): void {
    this.#timer?.cancel()
    this.#timer = this.#clock.schedule(() => this.#timeIsUp(), delay)
  }

  #timeIsUp(): void {
    if (this.#payload === undefined) this.#pingIfSilent()
    else this.#giveUpIfSilent()
  }

  #pingIfSilent(): void {
    const rest = this.#lastSign + this.#options.autoPingInterval * 1000 - this.#clock.now()
    if (rest > 0) return this.#schedule(rest)
    if (this.#target.isInFrame) return this.#watchFrame()
    this.#isWatching = false
    const sending = this.#progress()
    sending.begin()
    this.#wasSending = sending.unsent > 0
    this.#sentAt = this.#waitingSince = this.#clock.now()
    this.#isRepeated = this.#wasSending && this.#unanswered !== undefined
    this.#payload = this.#isRepeated ? this.#unanswered : this.#ping()
    this.#ahead = sending.heldBySystem === 0 ? 0 : sending.heldBySystem + sending.unsent
    this.#schedule((this.#options.autoPingTimeout || this.#options.autoPingInterval) * 1000)
  }

  /**
   * Sends a ping. It is not called while octets are unsent and the last ping is unanswered: for a peer that takes nothing, one more ping
   * would wait after each interval, and automatic pings do not count against `maxUnsentSize`.
   */
  #ping(): Octets {
    const payload = new Uint8Array(this.#options.autoPingSize)
    this.#crypto.fillRandom(payload)
    this.#unanswered = payload
    this.#pingedAt = this.#sentAt
    this.#target.sendPing(payload)
    return payload
  }

  /**
   * Watches a frame that is being streamed, into which no ping can go. A peer that takes its octets is alive, and one that is sent none
   * cannot show it.
   */
  #watchFrame(): void {
    const { autoPingTimeout, autoPingInterval } = this.#options
    const sending = this.#progress()
    if (this.#isWatching && this.#isStuck(sending)) return this.#target.peerIsDead()
    if (!this.#isWatching || this.#showsLife(sending)) sending.begin()
    this.#isWatching = true
    this.#schedule((autoPingTimeout || autoPingInterval) * 1000)
  }

  /**
   * Gives a peer up that shows no life since our ping. A peer that sent anything is alive, and so is one that takes what was sent before
   * the ping. A peer whose octets we do not read cannot show it. It gets the same ping again, because the system reports a peer that is
   * gone only at a second write.
   */
  #giveUpIfSilent(): void {
    const timeout = this.#options.autoPingTimeout * 1000
    if (this.#lastSign > this.#sentAt || timeout === 0) {
      this.#payload = undefined
      return this.#pingIfSilent()
    }
    const sending = this.#progress()
    if (sending.unsent > 0 || this.#wasSending) {
      if (this.#isStuck(sending)) return this.#target.peerIsDead()
      if (this.#showsLife(sending)) sending.begin()
      this.#wasSending = sending.unsent > 0
      this.readingResumed()
      return this.#schedule(timeout)
    }
    if (this.#isRepeated) {
      // the peer may have left out the pong of the earlier ping (RFC 6455 §5.5.3), and was not sent another
      this.#payload = undefined
      return this.#pingIfSilent()
    }
    if (this.#target.isHeld) {
      if (!this.#target.isInFrame) this.#target.sendPing(this.#payload!)
      return this.#schedule(timeout)
    }
    const rest = this.#waitingSince + timeout + millisecondsFor(Math.max(0, this.#ahead - this.#readByPeer)) - this.#clock.now()
    if (rest > 0) this.#schedule(rest)
    else this.#target.peerIsDead()
  }

  /** Tells whether the peer has taken nothing of what is unsent for as long as it may. */
  #isStuck(sending: SendingProgress): boolean {
    return !this.#showsLife(sending) && sending.hasStood(this.#options.autoPingTimeout * 1000)
  }

  /** Tells whether the peer takes octets, or has none to take, so that its time begins anew. */
  #showsLife(sending: SendingProgress): boolean {
    return this.#options.autoPingTimeout === 0 || sending.unsent === 0 || sending.isMoving
  }

  #progress(): SendingProgress {
    this.#sending ??= this.#target.makeProgress()
    return this.#sending
  }
}

function areEqual(one: Octets, other: Octets): boolean {
  return one.length === other.length && one.every((octet, at) => octet === other[at])
}
