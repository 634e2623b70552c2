import { type Awaitable, isPromise } from '@autobahn-ts/websocket/portable'

/** Calls the hooks of one connection one after the other: while the promise of one is unsettled, those behind it wait. */
export class HookQueue {
  readonly #failed: (error: unknown) => void
  readonly #waiting: Waiting[] = []
  #waitingSize = 0
  #isBusy = false
  #isStopped = false

  constructor(failed: (error: unknown) => void) {
    this.#failed = failed
  }

  /** Octets that the hooks which wait keep in memory, estimated. */
  get waitingSize(): number {
    return this.#waitingSize
  }

  /** Calls a hook, or has it wait. `size`: octets that it keeps in memory while it waits. */
  run(hook: () => Awaitable<void>, size = 0): void {
    if (this.#isStopped) return
    if (!this.#isBusy) return this.#call(hook)
    this.#waiting.push({ hook, size: size + perHook })
    this.#waitingSize += size + perHook
  }

  /** Calls no more, also not what waits. */
  stop(): void {
    this.#isStopped = true
    this.#waiting.length = 0
    this.#waitingSize = 0
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
        for (let next = this.#next(); next !== undefined; next = this.#isBusy ? undefined : this.#next()) this.#call(next)
      })
  }
  #next(): (() => Awaitable<void>) | undefined {
    const next = this.#waiting.shift()
    this.#waitingSize -= next?.size ?? 0
    return next?.hook
  }
}

interface Waiting {
  readonly hook: () => Awaitable<void>
  readonly size: number
}

/** Octets that a hook takes while it waits, beside what it is called with. */
const perHook = 256
