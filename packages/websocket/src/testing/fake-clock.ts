import type { Clock, Timer } from '../bytes/clock.ts'

/**
 * A clock whose time passes only when the test says so.
 *
 * Deferred work waits for `flush` or `advance`. Timers fire in the order of their times, and timers with the same time in the order in
 * which they were made.
 */
export class FakeClock implements Clock {
  #now = 0
  readonly #timers = new Set<FakeTimer>()
  readonly #deferred: (() => void)[] = []

  /** The number of milliseconds since the clock was made. */
  now(): number {
    return this.#now
  }

  schedule(callback: () => void, delay: number): Timer {
    const timer = new FakeTimer(this.#timers, callback, this.#now + Math.max(0, delay))
    this.#timers.add(timer)
    return timer
  }

  defer(callback: () => void): void {
    this.#deferred.push(callback)
  }

  /** Calls back as `defer` does: on this clock other events have always had their turn. */
  yield(callback: () => void): void {
    this.#deferred.push(callback)
  }

  /** The number of timers that have neither fired nor been cancelled. */
  get pending(): number {
    return this.#timers.size
  }

  /** Lets time pass, in milliseconds: runs deferred work first, then each timer that is due with the work that it defers. */
  advance(milliseconds: number): void {
    const until = this.#now + milliseconds
    this.flush()
    for (let timer = this.#next(until); timer !== undefined; timer = this.#next(until)) {
      this.#now = Math.max(this.#now, timer.time)
      timer.fire()
      this.flush()
    }
    this.#now = Math.max(this.#now, until)
  }

  /** Lets time pass, in milliseconds, as while the program is busy: nothing is called, not even timers that become due. */
  pass(milliseconds: number): void {
    this.#now += milliseconds
  }

  /** Runs deferred work, including the work that it defers, until none is left. Time stands still. */
  flush(): void {
    for (let runs = 0; this.#deferred.length > 0; runs++) {
      if (runs === mostRuns) throw new Error(`deferred work never ends: ${mostRuns} runs`)
      this.#deferred.shift()!()
    }
  }

  /** Returns the earliest timer that is due. A set keeps the order in which timers were made. */
  #next(until: number): FakeTimer | undefined {
    let next: FakeTimer | undefined
    for (const timer of this.#timers) {
      if (timer.time <= until && (next === undefined || timer.time < next.time)) next = timer
    }
    return next
  }
}

class FakeTimer implements Timer {
  readonly time: number
  readonly #all: Set<FakeTimer>
  readonly #callback: () => void

  constructor(all: Set<FakeTimer>, callback: () => void, time: number) {
    this.#all = all
    this.#callback = callback
    this.time = time
  }

  fire(): void {
    this.cancel()
    this.#callback()
  }

  cancel(): void {
    this.#all.delete(this)
  }
}

const mostRuns = 1_000_000
