/** The port to time. All times are in milliseconds. */
export interface Clock {
  /** The number of milliseconds since some fixed moment; it never decreases. */
  now(): number
  /** Calls back once, after the delay in milliseconds. Never keeps the process alive by itself. */
  schedule(callback: () => void, delay: number): Timer
  /** Calls back once, after the event that is being handled and before the next one is read. */
  defer(callback: () => void): void
  /**
   * Calls back once, after other events had their turn; for work that takes long. `isBrief`: the callback itself takes almost no time, so it need not
   * wait until the long work of other connections has had turns.
   */
  yield(callback: () => void, isBrief?: boolean): void
}

export interface Timer {
  cancel(): void
}
