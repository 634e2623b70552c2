import { type Awaitable, Settlement } from '@autobahn-ts/websocket/portable'
import { tooMuch } from '../faults/peer-fault.ts'
import type { SessionWork, WorkOwner } from './session-work.ts'

/**
 * Counts the events of a client whose asynchronous handlers are not done, and holds the reading while they take too many octets.
 *
 * The reading goes on while a call of this side waits for its answer: the handlers may be waiting for it, and it comes behind the events.
 */
export class EventsInWork {
  readonly #owner: WorkOwner
  readonly #work: SessionWork
  readonly #awaitsAnswer: () => boolean
  /** Settled when the reading may go on; `undefined` while it is not held. */
  #hold: Settlement<void> | undefined

  /** `awaitsAnswer` returns whether a call of this side waits for its answer. */
  constructor(owner: WorkOwner, work: SessionWork, awaitsAnswer: () => boolean) {
    this.#owner = owner
    this.#work = work
    this.#awaitsAnswer = awaitsAnswer
  }

  /**
   * Counts one event until all promises of its handlers have settled. Returns what is to be waited for before the next message is read.
   *
   * Throws `PeerMisbehaved` (1008) above the limit of the factory, which is reached only where the reading could not be held.
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

  /** Lets the reading go on where it may: a handler is done, or a call was made. */
  review(): void {
    if (this.#hold === undefined || this.#isHeld) return
    this.#hold.resolve()
    this.#hold = undefined
  }

  /** One event of any size may be in work. */
  get #isHeld(): boolean {
    return this.#work.isAboveLimit(0) && !this.#awaitsAnswer()
  }

  #held(): Awaitable<void> {
    if (!this.#isHeld) return
    this.#hold ??= new Settlement()
    return this.#hold.promise
  }
}
