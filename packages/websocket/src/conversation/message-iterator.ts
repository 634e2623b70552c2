import type { Message } from './connection.ts'
import type { End, MessageSource, MessageTaker } from './taker.ts'

/**
 * Iterates over the messages of a connection. `return()` ends a step that waits; no message is lost by it.
 *
 * A loop has one step that waits, for as long as its connection is idle. So the iterator waits itself, and holds no function for a rejection: it
 * would take memory on each idle connection (decision 108).
 */
export class MessageIterator implements AsyncIterator<Message, void>, MessageTaker {
  /** The iterator that gives up the wait: this one, or the one whose second step this is. */
  readonly owner: MessageIterator
  readonly #inbox: MessageSource
  /** The step that waits. */
  #step: Promise<IteratorResult<Message, void>> | undefined
  #resolve: ((result: Result | Promise<Result>) => void) | undefined
  #isDone = false

  /** `owner`: the iterator whose steps wait already, of which this one is another. */
  constructor(inbox: MessageSource, owner?: MessageIterator) {
    this.#inbox = inbox
    this.owner = owner ?? this
  }

  next(): Promise<Result> {
    if (this.#isDone) return Promise.resolve(done)
    const message = this.#inbox.next()
    if (message !== undefined) return Promise.resolve({ done: false, value: message })
    if (this.#resolve !== undefined) return new MessageIterator(this.#inbox, this).next()
    const step = new Promise<Result>(resolve => {
      this.#resolve = resolve
    })
    this.#step = step
    this.#inbox.take(this)
    return step
  }

  return(): Promise<Result> {
    this.#isDone = true
    this.#inbox.giveUp(this)
    return Promise.resolve(done)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  // ---- for the inbox, as a caller that waits

  get takes(): 'message' {
    return 'message'
  }

  /** `false`: a loop awaits its steps, and calls `return()` when it is left. */
  get isDoubtful(): boolean {
    return false
  }

  give(message: Message): void {
    this.#settle({ done: false, value: message })
  }

  /**
   * Ends the loop where the connection was closed cleanly, and throws in it where the connection was lost. The rejection need not be
   * handled, because a peer may always go away.
   */
  end({ error, isClean }: End): void {
    this.owner.#isDone = true
    if (isClean) return this.stop()
    this.#step?.catch(ignore)
    this.#settle(Promise.reject(error))
  }

  stop(): void {
    this.#settle(done)
  }

  /** Does nothing: an iterator is never doubtful, so this is never called. */
  replace(): void {}

  #settle(result: Result | Promise<Result>): void {
    const resolve = this.#resolve
    this.#step = this.#resolve = undefined
    resolve?.(result)
  }
}

type Result = IteratorResult<Message, void>

function ignore(): void {}

const done: Result = Object.freeze({ done: true, value: undefined })
