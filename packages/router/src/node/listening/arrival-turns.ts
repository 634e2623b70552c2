import type { Clock } from '@autobahn-ts/websocket'

/**
 * Lets as many clients come in in one turn of the event loop as cost 2 to 3 ms, so that hundreds that begin to speak at once do not hold up the messages of all
 * others (decision 159). Later ones wait, and are let in by later turns in the order in which they came.
 */
export class ArrivalTurns {
  readonly #clock: Pick<Clock, 'yield'>
  readonly #waiting = new Set<() => void>()
  /** The clients that may still come in in this turn. */
  #left = arrivalsInTurn
  #isAwaiting = false

  constructor(clock: Pick<Clock, 'yield'>) {
    this.#clock = clock
  }

  /** Lets a client in: calls `enter` now, or in a later turn. It must not throw. */
  arrive(enter: () => void): void {
    this.#await()
    if (this.#left === 0) this.#waiting.add(enter)
    else {
      this.#left--
      enter()
    }
  }

  #await(): void {
    if (this.#isAwaiting) return
    this.#isAwaiting = true
    this.#clock.yield(() => this.#begin(), true)
  }

  /** Begins a turn. Those that wait come first, and the sockets that are read after them have what they leave. */
  #begin(): void {
    this.#isAwaiting = false
    this.#left = arrivalsInTurn
    if (this.#waiting.size === 0) return
    this.#await()
    for (const enter of this.#waiting) {
      if (this.#left === 0) return
      this.#left--
      this.#waiting.delete(enter)
      enter()
    }
  }
}

/** The clients that may come in in one turn. An upgrade takes 0.2 to 0.3 ms. */
export const arrivalsInTurn = 8
