import type { Clock, Timer } from '../../bytes/clock.ts'
import type { Crypto } from '../../bytes/crypto.ts'
import type { Octets } from '../../bytes/octets.ts'
import type { CommonOptions } from '../options/options.ts'
import { millisecondsFor, type SendingProgress } from '../sending/sending-progress.ts'

export interface AutoPingTarget {
  /** Whether this side holds the reading, so that its deadline must not run. */
  readonly isHeld: boolean
  /** Whether a frame is being streamed, so that a ping has to wait for its end. */
  readonly isInFrame: boolean
  /** Asked once, when it is first needed. */
  makeProgress(): SendingProgress
  sendPing(payload: Octets): void
  peerIsDead(): void
}

export type AutoPingOptions = Pick<CommonOptions, 'autoPingInterval' | 'autoPingTimeout' | 'autoPingSize' | 'autoPingRestartOnAnyTraffic'>

/**
 * Pings into silence, measures the round trip, and gives a peer up that does not answer.
 *
 * A peer that takes octets at 1 KiB/s is alive, because a ping waits behind everything that was sent before it.
 *
 * One ping is under way at a time. Its payload is random, so that nobody can answer before it was sent (RFC 6455 §5.5.2).
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
  /** The last ping that was written, until its pong comes, and when that was. */
  #unanswered: Octets | undefined
  #pingedAt = 0
  /** Whether the last written ping stands for the one that is due now. */
  #isRepeated = false
  /** When the deadline of the pong began to run: when the ping was sent, or when reading went on after it was held. */
  #waitingSince = 0
  /** Whether a frame is being streamed into which no ping can go. */
  #isWatching = false
  /** Whether octets were left to be sent when that was looked at last, so that the peer may have got the ping a moment ago. */
  #wasSending = false
  /** Octets that the peer may have to read before the ping, although the system has taken them. */
  #ahead = 0
  /** The octets that were ahead of the last ping that was answered: those the peer has read. */
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

  /** Something was received. */
  trafficReceived(): void {
    if (this.#options.autoPingRestartOnAnyTraffic) this.#lastSign = this.#clock.now()
  }

  /** This side held the reading and reads again: the peer's time for its pong starts anew. */
  readingResumed(): void {
    if (this.#payload !== undefined) this.#waitingSince = this.#clock.now()
  }

  /** The round trip in milliseconds, if this pong answers our ping. */
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
    this.#timer = this.#clock.schedule(() => this.#due(), delay)
  }

  #due(): void {
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
   * Sends a ping. While octets are unsent and the last ping is not answered, that one has to do: a peer that takes nothing would
   * have another one waiting after each interval, and automatic pings do not count against `maxUnsentSize`.
   */
  #ping(): Octets {
    const payload = new Uint8Array(this.#options.autoPingSize)
    this.#crypto.fillRandom(payload)
    this.#unanswered = payload
    this.#pingedAt = this.#sentAt
    this.#target.sendPing(payload)
    return payload
  }

  /** No ping can go between the octets of a frame. A peer that takes them is alive, and one that is sent none cannot show it. */
  #watchFrame(): void {
    const { autoPingTimeout, autoPingInterval } = this.#options
    const sending = this.#progress()
    if (this.#isWatching && this.#isStuck(sending)) return this.#target.peerIsDead()
    if (!this.#isWatching) sending.begin()
    this.#isWatching = true
    this.#schedule((autoPingTimeout || autoPingInterval) * 1000)
  }

  /**
   * A peer that sent anything since our ping is alive, and so is one that takes what is sent before it. One that we do not read cannot show it. It
   * gets the same ping again: while nobody reads, it is only at a second write that the system tells of a peer that is gone.
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
      this.#wasSending = sending.unsent > 0
      this.readingResumed()
      return this.#schedule(timeout)
    }
    if (this.#isRepeated) {
      // The peer may have left out the pong of the earlier ping (RFC 6455 §5.5.3), and was not sent another.
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

  /** Whether the peer takes nothing of what is left to be sent. One that does is watched anew. */
  #isStuck(sending: SendingProgress): boolean {
    if (this.#options.autoPingTimeout === 0 || sending.unsent === 0) {
      sending.begin()
      return false
    }
    if (!sending.isMoving) return sending.hasStood(this.#options.autoPingTimeout * 1000)
    sending.begin()
    return false
  }

  #progress(): SendingProgress {
    this.#sending ??= this.#target.makeProgress()
    return this.#sending
  }
}

function areEqual(one: Octets, other: Octets): boolean {
  return one.length === other.length && one.every((octet, at) => octet === other[at])
}
