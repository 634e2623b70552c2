import { type Awaitable, isPromise } from '../bytes/awaitable.ts'

export interface HookOutcome {
  /** Nothing holds the reading any more. */
  released(): void
  /** A hook threw, or its promise rejected. */
  hookFailed(error: unknown): void
}

/**
 * Runs the hooks of one connection, one after the other.
 *
 * A hook that returns a promise holds everything behind it until the promise settles: hooks that belong to octets parsed
 * already wait here, octets that are not parsed yet wait at the connection. So handlers stay in order, and memory bounded.
 */
export class HookRunner {
  readonly #outcome: HookOutcome
  /** Made when the first one has to wait. */
  #waiting: (() => Awaitable<void>)[] | undefined
  #isAwaiting = false
  #isPaused = false
  #isStopped = false
  /** A hook that pauses and resumes, or whose answer comes back within its own call, does not have the next one called inside it. */
  #isCalling = false

  constructor(outcome: HookOutcome) {
    this.#outcome = outcome
  }

  get isHeld(): boolean {
    return this.#isAwaiting || this.#isPaused || this.#isStopped
  }

  get isStopped(): boolean {
    return this.#isStopped
  }

  /** Calls the hook now, or behind those that wait. */
  run(hook: () => Awaitable<void>): void {
    if (this.#isStopped) return
    if (this.isHeld || this.#isCalling) {
      this.#waiting ??= []
      this.#waiting.push(hook)
      return
    }
    this.#call(hook)
    if (this.#waiting !== undefined && this.#waiting.length > 0) this.#next()
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    if (!this.#isCalling) this.#next()
  }

  /** No hook is called any more; what waits is forgotten. */
  stop(): void {
    this.#isStopped = true
    this.#waiting = undefined
  }

  #call(hook: () => Awaitable<void>): void {
    this.#isCalling = true
    try {
      const result = hook()
      if (isPromise(result)) this.#await(result)
    } catch (error) {
      this.#outcome.hookFailed(error)
    } finally {
      this.#isCalling = false
    }
  }

  /** A promise of somebody else's making may settle at once, twice, or throw: as a real one it does none of that. */
  #await(result: PromiseLike<void>): void {
    this.#isAwaiting = true
    Promise.resolve(result).then(
      () => this.#settled(),
      error => {
        this.#outcome.hookFailed(error)
        this.#settled()
      },
    )
  }

  #settled(): void {
    this.#isAwaiting = false
    this.#next()
  }

  #next(): void {
    while (!this.isHeld) {
      const hook = this.#waiting?.shift()
      if (hook === undefined) return this.#outcome.released()
      this.#call(hook)
    }
  }
}
