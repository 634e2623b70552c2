import type { Clock, Timer } from '../../bytes/clock.ts'

/** The one deadline of a connection at a time: for opening, for closing, or for dropping the transport. */
export class Deadline {
  readonly #clock: Clock
  #timer: Timer | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Replaces the current deadline. With 0 seconds there is none. */
  set(seconds: number, expired: () => void): void {
    this.cancel()
    if (seconds > 0) this.#timer = this.#clock.schedule(expired, seconds * 1000)
  }

  cancel(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }
}
