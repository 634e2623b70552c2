import { AsyncResource } from 'node:async_hooks'

/**
 * Work that takes several turns of the event loop, for all connections together: one piece in each turn.
 *
 * Node runs all immediates that are due in one turn. A piece takes a millisecond or two, and a hundred connections that inflate at once
 * would keep sockets and timers waiting for a hundred of them.
 */
export class FairTurns {
  readonly #waiting: (() => void)[] = []

  /** Calls back in a later turn, in the order in which it was asked, and in the caller's asynchronous context. */
  next(callback: () => void): void {
    this.#waiting.push(AsyncResource.bind(callback))
    if (this.#waiting.length === 1) setImmediate(this.#run)
  }

  readonly #run = (): void => {
    const callback = this.#waiting.shift()!
    if (this.#waiting.length > 0) setImmediate(this.#run)
    callback()
  }
}

/** Of the process, which has one event loop. */
export const fairTurns: FairTurns = new FairTurns()
