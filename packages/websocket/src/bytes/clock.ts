/** The port to time. All times are in milliseconds. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  now(): number
  /** Calls once, after the delay. Never keeps the process alive by itself. */
  schedule(callback: () => void, delay: number): Timer
  /** Calls once, after the event being handled now and before the next one is read. */
  defer(callback: () => void): void
  /**
   * Calls once, after other events had their turn: for work that goes on for long. `isBrief`: the callback itself takes next to no time, so it
   * need not wait until the long work of others has had turns.
   */
  yield(callback: () => void, isBrief?: boolean): void
}

export interface Timer {
  cancel(): void
}
