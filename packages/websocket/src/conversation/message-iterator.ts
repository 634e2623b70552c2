import type { Message } from './connection.ts'
import type { End, MessageSource, MessageTaker } from './taker.ts'

/**
 * Iterates over the messages of a connection. `return()` ends a step that waits; no message is lost by it.
 *
 * A loop has one step that waits, for as long as its connection is idle. So the iterator waits itself, and holds no function for a rejection: it
 * would take memory on each idle connection (decision 108).
 */
export class MessageIterator implements AsyncIterator<Message, void>, MessageTaker {
  /** `undefined` once the loop is over. */
  #inbox: MessageSource | undefined
  /** The step that waits. */
  #step: Promise<IteratorResult<Message, void>> | undefined
  #resolve: ((result: Result | Promise<Result>) => void) | undefined

  constructor(inbox: MessageSource) {
    this.#inbox = inbox
  }

  next(): Promise<Result> {
    const inbox = this.#inbox
    if (inbox === undefined) return Promise.resolve(done)
    const message = inbox.next()
    if (message !== undefined) return Promise.resolve({ done: false, value: message })
    if (this.#resolve !== undefined) return new FurtherStep(inbox, this).next()
    const step = new Promise<Result>(resolve => {
      this.#resolve = resolve
    })
    this.#step = step
    inbox.take(this)
    return step
  }

  return(): Promise<Result> {
    this.#inbox?.giveUp(this)
    this.#inbox = undefined
    return Promise.resolve(done)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  // ---- for the inbox, as a caller that waits

  /** The iterator that gives up the wait. */
  get owner(): MessageIterator {
    return this
  }

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
    this.owner.#inbox = undefined
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

/** A step of an iterator whose earlier steps wait already. */
class FurtherStep extends MessageIterator {
  readonly #owner: MessageIterator

  constructor(inbox: MessageSource, owner: MessageIterator) {
    super(inbox)
    this.#owner = owner
  }

  override get owner(): MessageIterator {
    return this.#owner
  }
}

type Result = IteratorResult<Message, void>

function ignore(): void {}

const done: Result = Object.freeze({ done: true, value: undefined })
