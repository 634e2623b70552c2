import type { Clock, Timer } from '../bytes/clock.ts'
import type { Crypto } from '../bytes/crypto.ts'
import type { Octets } from '../bytes/octets.ts'
import type { CommonOptions } from './options.ts'

export interface AutoPingTarget {
  /** Whether this side holds the reading, so that its deadline must not run. */
  readonly isHeld: boolean
  /** Whether a frame is being streamed, so that a ping has to wait for its end. */
  readonly isInFrame: boolean
  /** Whether the peer takes what is sent: octets have gone since this was asked last, or none is left to go. */
  takesOctets(): boolean
  sendPing(payload: Octets): void
  peerIsDead(): void
}

export type AutoPingOptions = Pick<CommonOptions, 'autoPingInterval' | 'autoPingTimeout' | 'autoPingSize' | 'autoPingRestartOnAnyTraffic'>

/**
 * Pings into silence, measures the round trip, and gives a peer up that does not answer.
 *
 * One ping is under way at a time. Its payload is random, so that nobody can answer before it was sent (RFC 6455 §5.5.2).
 */
export class AutoPing {
  readonly #options: AutoPingOptions
  readonly #clock: Clock
  readonly #crypto: Crypto
  readonly #target: AutoPingTarget
  #timer: Timer | undefined
  #lastSign: number
  #payload: Octets | undefined
  #sentAt = 0
  /** When the deadline of the pong began to run: when the ping was sent, or when reading went on after it was held. */
  #waitingSince = 0

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
    if (this.#payload === undefined || !areEqual(payload, this.#payload)) return undefined
    this.#payload = undefined
    const now = this.#clock.now()
    this.#lastSign = now
    this.#schedule(this.#options.autoPingInterval * 1000)
    return now - this.#sentAt
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
    this.#payload = new Uint8Array(this.#options.autoPingSize)
    this.#crypto.fillRandom(this.#payload)
    this.#sentAt = this.#waitingSince = this.#clock.now()
    this.#target.sendPing(this.#payload)
    this.#schedule((this.#options.autoPingTimeout || this.#options.autoPingInterval) * 1000)
  }

  /** No ping can go between the octets of a frame. A peer that takes them is alive. */
  #watchFrame(): void {
    const { autoPingTimeout, autoPingInterval } = this.#options
    const mayBeAlive = this.#target.takesOctets() || this.#target.isHeld || autoPingTimeout === 0
    if (!mayBeAlive) return this.#target.peerIsDead()
    this.#schedule((autoPingTimeout || autoPingInterval) * 1000)
  }

  /**
   * A peer that sent anything since our ping is alive; one that we do not read cannot show it. It gets the same ping again: while nobody
   * reads, it is only at a second write that the system tells of a peer that is gone.
   */
  #giveUpIfSilent(): void {
    const timeout = this.#options.autoPingTimeout * 1000
    if (this.#lastSign > this.#sentAt || timeout === 0) {
      this.#payload = undefined
      return this.#pingIfSilent()
    }
    if (this.#target.isHeld) {
      if (!this.#target.isInFrame) this.#target.sendPing(this.#payload!)
      return this.#schedule(timeout)
    }
    const rest = this.#waitingSince + timeout - this.#clock.now()
    if (rest > 0) this.#schedule(rest)
    else this.#target.peerIsDead()
  }
}

function areEqual(one: Octets, other: Octets): boolean {
  return one.length === other.length && one.every((octet, at) => octet === other[at])
}
