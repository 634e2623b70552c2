import type { Clock, Timer } from '../bytes/clock.ts'
import { nextTurn } from './next-turn.ts'

/**
 * A clock whose time passes only when the test says so.
 *
 * Deferred work waits for `flush` or `advance`. Timers fire in the order of their times, and timers with the same time in the order in
 * which they were made.
 */
export class FakeClock implements Clock {
  #now = 0
  /** The number of callbacks that the clock has called. */
  #calls = 0
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
      this.#fire(timer)
      this.flush()
    }
    this.#now = Math.max(this.#now, until)
  }

  /**
   * Lets time pass, in milliseconds, as `advance` does, and lets promises run: before, between the timers, and after. Resolves when nothing
   * is left to do at that time. By default no time passes.
   *
   * It waits for promises that settle by themselves or by this clock. What other code waits for, such as a file or `fetch`, the test has to
   * await. Rejects with an error where the work never ends, as between two sides that answer each other for ever.
   */
  async settle(milliseconds = 0): Promise<void> {
    const until = this.#now + milliseconds
    await this.#settleNow()
    for (let timer = this.#next(until); timer !== undefined; timer = this.#next(until)) {
      this.#fire(timer)
      await this.#settleNow()
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
      this.#calls++
      this.#deferred.shift()!()
    }
  }

  #fire(timer: FakeTimer): void {
    this.#now = Math.max(this.#now, timer.time)
    this.#calls++
    timer.fire()
  }

  /** Runs deferred work and promises until some turns of the event loop have brought nothing new. Time stands still. */
  async #settleNow(): Promise<void> {
    for (let [turns, quiet] = [0, 0]; quiet < quietTurns; turns++) {
      if (turns === mostTurns) throw new Error(`the work never ends: ${mostTurns} turns of the event loop`)
      const before = this.#calls
      this.flush()
      await nextTurn()
      quiet = this.#calls === before && this.#deferred.length === 0 ? quiet + 1 : 0
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
/** The number of turns without work after which nothing is left: streams of the platform need a turn more than promises do. */
const quietTurns = 3
const mostTurns = 100_000
