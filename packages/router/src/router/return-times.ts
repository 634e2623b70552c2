/**
 * The times after which the clients of a router that closes may come back: one after the other, at a rate, so that the router that takes its place is
 * not asked by all of them at one instant (decision 131).
 */
export class ReturnTimes {
  readonly #rate: number
  readonly #random: () => number
  #count = 0

  /** `rate` is in clients per second. `random` returns numbers from 0 up to, and without, 1. */
  constructor(rate: number, random: () => number) {
    this.#rate = rate
    this.#random = random
  }

  /**
   * Returns milliseconds for a client that is turned away: by chance within the time of so many others, a second at least. It takes no share, so that clients
   * that try again and again delay nobody (decision 161).
   */
  among(clients: number): number {
    return Math.round(least + this.#random() * Math.max(1000, (clients * 1000) / this.#rate))
  }

  /** Returns the milliseconds for the next client: by chance within its share of the time. */
  next(): number {
    return Math.round(least + ((this.#count++ + this.#random()) * 1000) / this.#rate)
  }
}

/** Milliseconds before the first client comes back: a router takes about that long to start. */
const least = 1000
