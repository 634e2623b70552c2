import { realNow, realSetTimeout } from './event-loop.ts'

/**
 * Time in milliseconds by the clock that belongs to the current global timers. It never goes back.
 *
 * While a test framework has replaced the timers, it is the clock that was replaced with them, `performance` or else `Date`. Where neither
 * was, time passes as the replaced timers fire. When the timers are replaced or restored, time continues from where it was.
 */
export class CurrentTime {
  #source: () => number = realNow
  #offset = 0
  #latest = 0

  now(): number {
    const source = areTimersReal() ? realNow : replacedClock()
    if (source !== this.#source) this.#follow(source)
    return this.#reached(source() + this.#offset)
  }

  /** Notes that a timer for this time has fired, so that it cannot be earlier. */
  isAtLeast(time: number): void {
    const now = this.now()
    if (now < time) this.#offset += time - now
  }

  #follow(source: () => number): void {
    // the real clock runs on while it is replaced; a replaced one may be gone already
    if (this.#source === realNow) this.#reached(realNow() + this.#offset)
    this.#source = source
    this.#offset = this.#latest - source()
  }

  #reached(time: number): number {
    // a replaced clock that was set back
    if (time < this.#latest) this.#offset += this.#latest - time
    else this.#latest = time
    return this.#latest
  }
}

/** Tells whether the global timers are those of the runtime. */
export function areTimersReal(): boolean {
  return globalThis.setTimeout === realSetTimeout
}

function replacedClock(): () => number {
  const { performance: time, Date: date } = globalThis
  if (time !== realPerformance || time.now !== realPerformanceNow) return byPerformance
  if (date !== realDate || date.now !== realDateNow) return byDate
  return realNow
}

function byPerformance(): number {
  return globalThis.performance.now()
}

function byDate(): number {
  return globalThis.Date.now()
}

const { performance: realPerformance, Date: realDate } = globalThis
const { now: realPerformanceNow } = realPerformance
const { now: realDateNow } = realDate
