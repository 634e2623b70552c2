import { type Awaitable, isPromise } from '@autobahn-ts/websocket/portable'
import type { SessionWork, Work } from './session-work.ts'

/**
 * Runs the asynchronous steps of one session one after the other. A step that begins while another is running waits in a queue. A queue
 * with too many steps or octets holds reading.
 */
export class InOrder {
  readonly #work: SessionWork
  readonly #failed: (error: unknown) => void
  readonly #isClosed: () => boolean
  readonly #waiting: Step[] = []
  readonly #holds: Hold[] = []
  #running: Step | undefined

  /** `failed` receives the error of a step. While `isClosed` returns true, no step begins. */
  constructor(work: SessionWork, failed: (error: unknown) => void, isClosed: () => boolean) {
    this.#work = work
    this.#failed = failed
    this.#isClosed = isClosed
  }

  get isEmpty(): boolean {
    return this.#running === undefined
  }

  /**
   * Takes the result of a step that was run while the queue was empty. If it is a promise, later steps wait for it.
   *
   * Returns a promise if the next message must not be read before it resolves: more than `longest` steps wait, or too many octets.
   */
  begun(result: Awaitable<void>, size: number, longest: number): Awaitable<void> {
    if (!isPromise(result)) return
    this.#run(new Step(() => result, this.#work.begin(size)))
    return this.#held(longest)
  }

  /** Puts a step at the end of the queue. Returns a promise as `begun` does. */
  behind(run: () => Awaitable<void>, size: number, longest: number): Awaitable<void> {
    this.#waiting.push(new Step(run, this.#work.begin(size)))
    return this.#held(longest)
  }

  /** Drops the steps that have not begun, and lets reading continue. */
  stop(): void {
    for (const step of this.#waiting.splice(0)) this.#work.end(step.work)
    for (const { proceed } of this.#holds.splice(0)) proceed()
  }

  /** Holds reading until the queue is below both limits again, if it is above one. */
  #held(longest: number): Awaitable<void> {
    if (!this.#isAboveLimit(longest)) return
    return new Promise(resolve => this.#holds.push({ longest, proceed: resolve }))
  }

  /** Whether reading must wait. One message of any size may be in progress. */
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

  /** Runs a step. Returns true if it is asynchronous, so that later steps must wait. */
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

/** A hold of reading, until at most `longest` steps wait. */
interface Hold {
  readonly longest: number
  proceed(): void
}
