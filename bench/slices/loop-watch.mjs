import { closeSync, openSync, readSync } from 'node:fs'
import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks'

/**
 * Measures every turn of the event loop, by `setImmediate` after `setImmediate`, so that the loop never sleeps meanwhile.
 *
 * The length of a turn is the longest delay of other work. The time for which the thread was ready but had no core is subtracted, because it
 * depends on the machine: `/proc/self/schedstat` counts it in nanoseconds.
 */
export class LoopWatch {
  #isOn = false
  #began = 0
  #turns = []
  #collections = []
  #delay = monitorEventLoopDelay({ resolution: 1 })
  #schedstat = openSync('/proc/self/schedstat', 'r')
  #line = Buffer.alloc(64)

  constructor() {
    new PerformanceObserver(list => this.#collections.push(...list.getEntries())).observe({ entryTypes: ['gc'] })
    process.on('exit', () => closeSync(this.#schedstat))
  }

  begin() {
    this.#isOn = true
    this.#turns = []
    this.#collections = []
    this.#delay.reset()
    this.#delay.enable()
    this.#began = performance.now()
    let last = this.#began
    const before = new Float64Array(2)
    const after = new Float64Array(2)
    this.#readSchedule(before)
    const turn = () => {
      if (!this.#isOn) return
      const now = performance.now()
      this.#readSchedule(after)
      if (now - last > worthKeeping) {
        this.#turns.push({ from: last, to: now, length: now - last - (after[1] - before[1]), ran: after[0] - before[0] })
      }
      before.set(after)
      last = performance.now()
      setImmediate(turn)
    }
    setImmediate(turn)
  }

  /** Ends the measurement; returns milliseconds. */
  async end() {
    this.#isOn = false
    this.#delay.disable()
    const took = performance.now() - this.#began
    // Node reports garbage collections in a later turn.
    await new Promise(resolve => setTimeout(resolve, 20))
    const clean = this.#turns.filter(turn => !this.#collections.some(({ startTime }) => startTime >= turn.from && startTime <= turn.to))
    const longestOf = turns => Math.max(0, ...turns.map(({ length }) => length))
    return {
      longest: longestOf(this.#turns),
      longestClean: longestOf(clean),
      ran: Math.max(0, ...this.#turns.map(({ ran }) => ran)),
      delay: this.#delay.max / 1e6,
      collection: Math.max(0, ...this.#collections.map(({ duration }) => duration)),
      took,
    }
  }

  /**
   * Reads the milliseconds for which the thread ran, and for which it was ready but did not run. Allocates nothing, because garbage would
   * have to be collected.
   */
  #readSchedule(into) {
    const length = readSync(this.#schedstat, this.#line, 0, this.#line.length, 0)
    let at = 0
    for (const field of [0, 1]) {
      let nanoseconds = 0
      for (; at < length && this.#line[at] > space; at++) nanoseconds = nanoseconds * 10 + this.#line[at] - zero
      into[field] = nanoseconds / 1e6
      at++
    }
  }
}

const [space, zero] = [0x20, 0x30]
const worthKeeping = 0.5
