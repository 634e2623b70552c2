import { type Awaitable, isPromise } from '@autobahn-ts/websocket/portable'
import type { SessionWork, Work } from './session-work.ts'

/**
 * Runs the steps of one session one after the other. Steps that come while one is waited for stand in a queue, and a queue that is too long,
 * or too large, holds the reading.
 */
export class InOrder {
  readonly #work: SessionWork
  readonly #failed: (error: unknown) => void
  readonly #isClosed: () => boolean
  readonly #waiting: Step[] = []
  readonly #holds: Hold[] = []
  #running: Step | undefined

  /** `isClosed`: the connection is gone, and no step may begin any more. */
  constructor(work: SessionWork, failed: (error: unknown) => void, isClosed: () => boolean) {
    this.#work = work
    this.#failed = failed
    this.#isClosed = isClosed
  }

  get isEmpty(): boolean {
    return this.#running === undefined
  }

  /** The first step has been run. The promise that is returned is to be waited for before the next message is read. */
  begun(result: Awaitable<void>, size: number, longest: number): Awaitable<void> {
    if (!isPromise(result)) return
    this.#run(new Step(() => result, this.#work.begin(size)))
    return this.#held(longest)
  }

  /** Puts a step behind the others; returns as `begun` does. */
  behind(run: () => Awaitable<void>, size: number, longest: number): Awaitable<void> {
    this.#waiting.push(new Step(run, this.#work.begin(size)))
    return this.#held(longest)
  }

  /** Drops the steps that have not begun. */
  stop(): void {
    for (const step of this.#waiting.splice(0)) this.#work.end(step.work)
    for (const { proceed } of this.#holds.splice(0)) proceed()
  }

  /** The reading goes on as soon as the queue is below both limits again. */
  #held(longest: number): Awaitable<void> {
    if (!this.#isAboveLimit(longest)) return
    return new Promise(resolve => this.#holds.push({ longest, proceed: resolve }))
  }

  /** One message of any size may be in work. */
  #isAboveLimit(longest: number): boolean {
    if (this.#running === undefined) return false
    return this.#waiting.length + 1 > longest || (this.#waiting.length > 0 && this.#work.isAboveLimit(0))
  }

  #letGo(): void {
    const held = this.#holds.splice(0)
    for (const one of held) {
      if (this.#isAboveLimit(one.longest)) this.#holds.push(one)
      else one.proceed()
    }
  }

  /** True: the step has to be waited for. */
  #run(step: Step): boolean {
    this.#running = step
    try {
      const result = step.run()
      if (!isPromise(result)) return false
      Promise.resolve(result)
        .catch(this.#failed)
        .then(() => {
          this.#done(step)
          this.#goOn()
          this.#letGo()
        })
      return true
    } catch (error) {
      this.#failed(error)
      return false
    }
  }

  #goOn(): void {
    if (this.#isClosed()) this.stop()
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (this.#run(next)) return
      this.#done(next)
      if (this.#isClosed()) this.stop()
    }
  }

  #done(step: Step): void {
    this.#running = undefined
    this.#work.end(step.work)
  }
}

class Step {
  readonly run: () => Awaitable<void>
  readonly work: Work

  constructor(run: () => Awaitable<void>, work: Work) {
    this.run = run
    this.work = work
  }
}

/** The reading is held. */
interface Hold {
  readonly longest: number
  proceed(): void
}
