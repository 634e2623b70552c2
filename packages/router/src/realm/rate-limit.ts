import type { Clock, Timer } from '@autobahn-ts/websocket/portable'
import { messagesInTurn } from './session-turns.ts'

/** A session whose rate is limited: the limit has it stop reading, and go on. */
export interface Rated {
  slowDown(): void
  goOn(): void
}

/**
 * Bounds the messages of a session in each tenth of a second. Above the bound the session is not read until that time is over. The clock is
 * asked once for as many messages as the bound allows.
 *
 * A session that is slowed down for the fourth time in a row, and again and again, is read more seldom and for more messages at a time, at the same rate: for as
 * many as fit in a turn, and once in a second at least (decision 167).
 */
export class RateLimit {
  readonly #clock: Clock
  readonly #rated: Rated
  readonly #rate: number
  /** The milliseconds in which messages are counted. */
  #window: number = shortest
  /** The messages that are allowed in that time. */
  #allowed: number
  #left: number
  #began: number
  #timer: Timer | undefined
  /** Whether the session was slowed down, and has not gone on yet. */
  #isSlow = false
  /** The number of times that the session was slowed down in a row. */
  #inRow = 0

  /** `rate` is in messages per second; 0 is without a limit. */
  constructor(clock: Clock, rate: number, rated: Rated) {
    this.#clock = clock
    this.#rated = rated
    this.#rate = rate
    this.#allowed = rate === 0 ? Number.POSITIVE_INFINITY : allowedIn(shortest, rate)
    this.#left = this.#allowed
    this.#began = clock.now()
  }

  /** The messages that the session may send before it is slowed down, once it goes on. */
  get allowed(): number {
    return this.#allowed
  }

  /** Counts a message. */
  count(): void {
    if (--this.#left >= 0) return
    const now = this.#clock.now()
    const early = this.#began + this.#window - now
    this.#began = Math.max(now, this.#began + this.#window)
    if (early <= 0) this.#inRow = 0
    else if (this.#timer === undefined) this.#inRow++
    this.#count(windowAfter(this.#inRow, this.#rate))
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

  /** Begins to count the messages of a time, in milliseconds. The message that has come counts among them. */
  #count(window: number): void {
    this.#window = window
    this.#allowed = allowedIn(window, this.#rate)
    this.#left = this.#allowed - 1
  }
}

function allowedIn(window: number, rate: number): number {
  return Math.max(1, Math.ceil((rate * window) / 1000))
}

/** Returns the milliseconds in which messages are counted of a session that was slowed down so many times in a row. */
function windowAfter(inRow: number, rate: number): number {
  if (inRow < forgiven) return shortest
  const ofOneTurn = Math.floor((1000 * messagesInTurn) / rate)
  return Math.min(shortest * 2 ** (inRow - forgiven + 1), Math.max(shortest, ofOneTurn), longest)
}

/** The milliseconds in which messages are counted, at first and at most. */
const [shortest, longest] = [100, 1000]

/** The number of times in a row that a session is slowed down before it is read more seldom. */
const forgiven = 4
