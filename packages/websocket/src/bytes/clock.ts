/** The port to time. All times are in milliseconds. */
export interface Clock {
  /** The number of milliseconds since some fixed moment; it never decreases. */
  now(): number
  /** Calls back once, after the delay in milliseconds. Never keeps the process alive by itself. */
  readonly schedule: Schedule
  /** Calls back once, after the event that is being handled and before the next one is read. */
  defer(callback: () => void): void
  /**
   * Calls back once, after other events had their turn; for work that takes long. `isBrief`: the callback itself takes almost no time, so it need not
   * wait until the long work of other connections has had turns.
   */
  yield(callback: () => void, isBrief?: boolean): void
}

/** The function that makes timers. */
export interface Schedule {
  (callback: () => void, delay: number): Timer
  /**
   * Calls `timeIsUp` of an object in place of a function: thousands of connections that wait need no function each. It belongs to `schedule`, so that
   * a clock which replaces one does not keep the other. Absent: `schedule` is used.
   */
  readonly forObject?: (waiting: Waiting, delay: number) => Timer
}

/** An object that waits for a time to be over. */
export interface Waiting {
  timeIsUp(): void
}

export interface Timer {
  cancel(): void
}
