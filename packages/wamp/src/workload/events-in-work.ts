import { type Awaitable, Settlement } from '@autobahn-ts/websocket/portable'
import { tooMuch } from '../faults/peer-fault.ts'
import type { SessionWork, WorkOwner } from './session-work.ts'

/**
 * Counts the events whose asynchronous handlers have not finished, on a client, and holds reading while they take too many octets.
 *
 * Reading continues while a call of this side waits for its answer: a handler may be waiting for that answer, which comes after the events.
 */
export class EventsInWork {
  readonly #owner: WorkOwner
  readonly #work: SessionWork
  readonly #awaitsAnswer: () => boolean
  /** Resolves when reading may continue; `undefined` while it is not held. */
  #hold: Settlement<void> | undefined

  /** `awaitsAnswer` tells whether a call of this side waits for its answer. */
  constructor(owner: WorkOwner, work: SessionWork, awaitsAnswer: () => boolean) {
    this.#owner = owner
    this.#work = work
    this.#awaitsAnswer = awaitsAnswer
  }

  /**
   * Counts one event until all promises of its handlers have settled. Returns a promise if the next message must not be read before it
   * resolves.
   *
   * Throws `PeerMisbehaved` (1008) above the limit of the factory, which is reached only if reading could not be held.
   */
  begin(handlers: readonly PromiseLike<unknown>[], size: number): Awaitable<void> {
    if (handlers.length === 0) return
    if (this.#work.isFactoryAboveLimit(size))
      throw tooMuch(`events whose handlers are not done take more than ${this.#owner.wampOptions.maxWorkSize} octets`)
    const work = this.#work.begin(size)
    void Promise.allSettled(handlers).then(() => {
      this.#work.end(work)
      this.review()
    })
    return this.#held()
  }

  /** Lets reading continue if it may. Called when a handler has finished and when a call was made. */
  review(): void {
    if (this.#hold === undefined || this.#isHeld) return
    this.#hold.resolve()
    this.#hold = undefined
  }

  /** Whether reading must wait. One event of any size may be in progress. */
  get #isHeld(): boolean {
    return this.#work.isAboveLimit(0) && !this.#awaitsAnswer()
  }

  #held(): Awaitable<void> {
    if (!this.#isHeld) return
    this.#hold ??= new Settlement()
    return this.#hold.promise
  }
}
