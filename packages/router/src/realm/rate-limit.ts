import type { Clock, Timer } from '@autobahn-ts/websocket/portable'

/** A session whose rate is limited: the limit has it stop reading, and go on. */
export interface Rated {
  slowDown(): void
  goOn(): void
}

/**
 * Bounds the messages of a session in each tenth of a second. Above the bound the session is not read until that time is over. The clock is
 * asked once for as many messages as the bound allows.
 */
export class RateLimit {
  readonly #clock: Clock
  readonly #rated: Rated
  /** The messages that are allowed in one window. */
  readonly allowed: number
  #left: number
  #began: number
  #timer: Timer | undefined
  /** Whether the session was slowed down, and has not gone on yet. */
  #isSlow = false

  /** `rate` is in messages per second; 0 is without a limit. */
  constructor(clock: Clock, rate: number, rated: Rated) {
    this.#clock = clock
    this.#rated = rated
    this.allowed = rate === 0 ? Number.POSITIVE_INFINITY : Math.max(1, Math.ceil((rate * window) / 1000))
    this.#left = this.allowed
    this.#began = clock.now()
  }

  /** Counts a message. */
  count(): void {
    if (--this.#left >= 0) return
    this.#left = this.allowed - 1
    const now = this.#clock.now()
    const early = this.#began + window - now
    this.#began = Math.max(now, this.#began + window)
    if (early <= 0 || this.#timer !== undefined) return
    this.#isSlow = true
    this.#rated.slowDown()
    this.#timer = this.#clock.schedule(() => {
      this.#timer = undefined
      this.#rated.goOn()
    }, early)
  }

  /**
   * The session is read again. The time in which its messages count begins now: those of sessions that were slowed down together would otherwise end together
   * for ever.
   */
  wentOn(): void {
    if (!this.#isSlow || this.#timer !== undefined) return
    this.#isSlow = false
    this.#began = Math.max(this.#began, this.#clock.now())
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }
}

/** The milliseconds in which messages are counted. */
const window = 100
