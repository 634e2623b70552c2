import { AsyncResource } from 'node:async_hooks'
import { realSetImmediate } from './event-loop.ts'

/**
 * Distributes work that takes several turns of the event loop, for all connections together: one piece in each turn.
 *
 * Node runs all immediates that are due in one turn. A piece takes a millisecond or two, and a hundred connections that inflate at once
 * would keep sockets and timers waiting for a hundred pieces (decision 31).
 */
export class FairTurns {
  readonly #first: (() => void)[] = []
  readonly #further: (() => void)[] = []
  #wasFirst = false

  /**
   * Calls back in a later turn, in the order of the calls, and in the caller's asynchronous context.
   *
   * `isFirst`: the work has had no turn yet. First turns and further ones alternate, so that short work does not wait for a turn of each
   * long one.
   */
  next(callback: () => void, isFirst = false): void {
    const queue = isFirst ? this.#first : this.#further
    queue.push(AsyncResource.bind(callback))
    if (this.#first.length + this.#further.length === 1) realSetImmediate(this.#run)
  }

  readonly #run = (): void => {
    this.#wasFirst = this.#first.length > 0 && (this.#further.length === 0 || !this.#wasFirst)
    const callback = (this.#wasFirst ? this.#first : this.#further).shift()!
    if (this.#first.length + this.#further.length > 0) realSetImmediate(this.#run)
    callback()
  }
}

/** The turns of the process, which has one event loop. */
export const fairTurns: FairTurns = new FairTurns()
