import type { End } from './taker.ts'

/** The iterator whose step waits. */
export interface Stepping<Item> {
  /** The iteration goes on with this item. */
  given(item: Item): void
  /** The iteration is over. */
  finished(): void
}

/** A step of an iteration that waits for its item: what `next()` has returned. */
export class Step<Item, Takes extends 'message' | 'stream'> {
  readonly takes: Takes
  readonly promise: Promise<IteratorResult<Item, void>>
  readonly owner: Stepping<Item>
  /** A loop awaits its steps, and whoever leaves it says so by `return()`. */
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

  /** Throws in a loop where the connection was lost. A peer that goes away must not end the process: this rejection needs no handler. */
  end({ error, isClean }: End): void {
    this.owner.finished()
    if (isClean) return this.stop()
    this.promise.catch(() => undefined)
    this.#reject(error)
  }

  /** Ends the iteration here. */
  stop(): void {
    this.#resolve({ done: true, value: undefined })
  }

  /** Never called, because a step is never doubtful. */
  replace(): void {}
}
