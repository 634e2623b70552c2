import type { Clock } from '../../bytes/clock.ts'

/** The times of events on one connection, in milliseconds since it was made. */
export class Timings implements Iterable<readonly [key: string, at: number]> {
  readonly #clock: Clock
  readonly #began: number
  readonly #times = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
    this.#began = clock.now()
  }

  /** Records the current time under a key, and replaces an earlier time of that key. */
  track(key: string): void {
    this.#times.set(key, this.#clock.now() - this.#began)
  }

  get(key: string): number | undefined {
    return this.#times.get(key)
  }

  /** Returns the milliseconds from one key to another; `undefined` if one is missing. */
  diff(startKey: string, endKey: string): number | undefined {
    const start = this.#times.get(startKey)
    const end = this.#times.get(endKey)
    return start === undefined || end === undefined ? undefined : end - start
  }

  [Symbol.iterator](): IterableIterator<[string, number]> {
    return this.#times.entries()
  }

  toJSON(): Record<string, number> {
    return Object.fromEntries(this.#times)
  }
}
