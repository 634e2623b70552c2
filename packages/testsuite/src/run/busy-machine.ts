import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'

/** Measures how late the turns of this process's event loop come, and tells from it whether other processes keep the machine busy. */
export class BusyMachine {
  readonly #delay: IntervalHistogram = monitorEventLoopDelay({ resolution })

  constructor() {
    this.#delay.enable()
  }

  /** Whether at least one turn in ten has come late since the measuring began. */
  get isBusy(): boolean {
    return this.#delay.percentile(90) > mostDelay
  }

  stop(): void {
    this.#delay.disable()
  }
}

/** The interval of the measurement, in milliseconds. */
const resolution = 10
/** The longest delay, in nanoseconds, that does not count as late. It includes the interval. */
const mostDelay = 25_000_000
