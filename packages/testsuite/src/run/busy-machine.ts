import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'

/** Watches how late the turns of this process's event loop come, and says whether other processes keep the machine busy. */
export class BusyMachine {
  readonly #delay: IntervalHistogram = monitorEventLoopDelay({ resolution })

  constructor() {
    this.#delay.enable()
  }

  /** Whether one turn in ten came late since the watch began. */
  get isBusy(): boolean {
    return this.#delay.percentile(90) > mostDelay
  }

  stop(): void {
    this.#delay.disable()
  }
}

/** Milliseconds. */
const resolution = 10
/** Nanoseconds, the resolution included. */
const mostDelay = 25_000_000
