import type { Schedule, Timer } from '../bytes/clock.ts'

/** Attempts something again some time after it was refused: after 5 s, and after twice the time each time that it is refused again, up to 5 minutes. */
export class LaterAttempt {
  readonly #schedule: Schedule
  readonly #attempt: () => void
  #delay = firstDelay
  #timer: Timer | undefined

  constructor(schedule: Schedule, attempt: () => void) {
    this.#schedule = schedule
    this.#attempt = attempt
  }

  /** Begins to wait, unless it waits already. */
  refused(): void {
    if (this.#timer !== undefined) return
    this.#timer = this.#schedule(() => {
      this.#timer = undefined
      this.#attempt()
    }, this.#delay)
    this.#delay = Math.min(2 * this.#delay, longestDelay)
  }

  /** Ends the waiting. The next time begins with 5 s again. */
  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#delay = firstDelay
  }
}

const firstDelay = 5000
const longestDelay = 300_000
