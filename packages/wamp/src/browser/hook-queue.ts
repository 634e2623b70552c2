import type { Awaitable } from '@autobahn-ts/websocket/portable'
import { isPromise } from '../v1/awaiting.ts'

/** Calls the hooks of one connection one after the other: while the promise of one is unsettled, those behind it wait. */
export class HookQueue {
  readonly #failed: (error: unknown) => void
  readonly #waiting: (() => Awaitable<void>)[] = []
  #isBusy = false
  #isStopped = false

  constructor(failed: (error: unknown) => void) {
    this.#failed = failed
  }

  run(hook: () => Awaitable<void>): void {
    if (this.#isStopped) return
    if (this.#isBusy) this.#waiting.push(hook)
    else this.#call(hook)
  }

  /** Calls no more, also not what waits. */
  stop(): void {
    this.#isStopped = true
    this.#waiting.length = 0
  }

  #call(hook: () => Awaitable<void>): void {
    try {
      const result = hook()
      if (isPromise(result)) this.#hold(result)
    } catch (error) {
      this.#failed(error)
    }
  }

  #hold(result: Promise<void>): void {
    this.#isBusy = true
    Promise.resolve(result)
      .catch(error => this.#failed(error))
      .then(() => {
        this.#isBusy = false
        for (let next = this.#waiting.shift(); next !== undefined; next = this.#isBusy ? undefined : this.#waiting.shift()) this.#call(next)
      })
  }
}
