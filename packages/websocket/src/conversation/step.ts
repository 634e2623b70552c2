import type { End } from './taker.ts'

/** The iterator that a step belongs to. */
export interface Stepping<Item> {
  /** Called when the step has got its item. */
  given(item: Item): void
  /** Called when the iteration is over. */
  finished(): void
}

/** A step of an iteration that waits for its item: the result of `next()`. */
export class Step<Item, Takes extends 'message' | 'stream'> {
  readonly takes: Takes
  readonly promise: Promise<IteratorResult<Item, void>>
  readonly owner: Stepping<Item>
  /** `false`: a loop awaits its steps, and calls `return()` when it is left. */
  readonly isDoubtful = false
  #resolve!: (result: IteratorResult<Item, void>) => void
  #reject!: (error: Error) => void

  constructor(takes: Takes, owner: Stepping<Item>) {
    this.takes = takes
    this.owner = owner
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  give(item: Item): void {
    this.owner.given(item)
    this.#resolve({ done: false, value: item })
  }

  /**
   * Ends the loop where the connection was closed cleanly, and throws in it where the connection was lost. The rejection need not be
   * handled, because a peer may always go away.
   */
  end({ error, isClean }: End): void {
    this.owner.finished()
    if (isClean) return this.stop()
    this.promise.catch(() => undefined)
    this.#reject(error)
  }

  /** Ends the iteration at this step. */
  stop(): void {
    this.#resolve({ done: true, value: undefined })
  }

  /** Does nothing: a step is never doubtful, so this is never called. */
  replace(): void {}
}
