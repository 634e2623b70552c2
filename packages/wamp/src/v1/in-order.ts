import type { Awaitable } from '@autobahn-ts/websocket/portable'
import { isPromise } from './awaiting.ts'
import type { SessionWork, Work } from './work.ts'

/**
 * Runs the steps of one session one after the other. Steps that come while one is waited for stand in a queue, and a queue that is too long,
 * or too large, holds the reading.
 */
export class InOrder {
  readonly #work: SessionWork
  readonly #failed: (error: unknown) => void
  readonly #isClosed: () => boolean
  readonly #waiting: Step[] = []
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
    const step = new Step(() => result, this.#work.begin(size))
    const held = this.#held(step, longest)
    this.#run(step)
    return held
  }

  /** Puts a step behind the others; returns as `begun` does. */
  behind(run: () => Awaitable<void>, size: number, longest: number): Awaitable<void> {
    const isTooLarge = this.#work.isAboveLimit(size)
    const step = new Step(run, this.#work.begin(size))
    this.#waiting.push(step)
    return this.#held(step, isTooLarge ? 0 : longest)
  }

  /** Drops the steps that have not begun. */
  stop(): void {
    for (const step of this.#waiting.splice(0)) this.#done(step)
  }

  #held(step: Step, longest: number): Awaitable<void> {
    if (this.#waiting.length + 1 <= longest) return
    return new Promise(resolve => {
      step.proceed = resolve
    })
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
        })
      return true
    } catch (error) {
      this.#failed(error)
      return false
    }
  }

  #goOn(): void {
    this.#running = undefined
    if (this.#isClosed()) this.stop()
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (this.#run(next)) return
      this.#done(next)
      this.#running = undefined
      if (this.#isClosed()) this.stop()
    }
  }

  #done(step: Step): void {
    this.#work.end(step.work)
    step.proceed?.()
  }
}

class Step {
  readonly run: () => Awaitable<void>
  readonly work: Work
  /** Lets the reading go on. */
  proceed: (() => void) | undefined

  constructor(run: () => Awaitable<void>, work: Work) {
    this.run = run
    this.work = work
  }
}
