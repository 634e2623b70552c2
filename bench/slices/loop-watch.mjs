import { closeSync, openSync, readSync } from 'node:fs'
import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks'

/**
 * Sees every turn of the event loop, by `setImmediate` after `setImmediate`, so that the loop never sleeps while it is watched.
 *
 * A turn lasts as long as whoever else waits for the loop has to wait at most. The time for which the thread was ready and got no core is
 * taken off (`/proc/self/schedstat`): it is the machine's. The thread's own line there counts nanoseconds.
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
    let [last, waited] = [this.#began, this.#waited]
    const turn = () => {
      if (!this.#isOn) return
      const now = performance.now()
      const waitedNow = this.#waited
      if (now - last > worthKeeping) this.#turns.push({ from: last, to: now, length: now - last - (waitedNow - waited) })
      waited = waitedNow
      last = performance.now()
      setImmediate(turn)
    }
    setImmediate(turn)
  }

  /** Milliseconds. */
  async end() {
    this.#isOn = false
    this.#delay.disable()
    const took = performance.now() - this.#began
    // collections are reported in a later turn
    await new Promise(resolve => setTimeout(resolve, 20))
    const clean = this.#turns.filter(turn => !this.#collections.some(({ startTime }) => startTime >= turn.from && startTime <= turn.to))
    const longestOf = turns => Math.max(0, ...turns.map(({ length }) => length))
    return {
      longest: longestOf(this.#turns),
      longestClean: longestOf(clean),
      delay: this.#delay.max / 1e6,
      collection: Math.max(0, ...this.#collections.map(({ duration }) => duration)),
      took,
    }
  }

  /** Milliseconds that the thread was ready to run and did not. */
  get #waited() {
    const length = readSync(this.#schedstat, this.#line, 0, this.#line.length, 0)
    return Number(this.#line.toString('latin1', 0, length).split(' ')[1]) / 1e6
  }
}

const worthKeeping = 0.5
