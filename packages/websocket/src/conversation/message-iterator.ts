import type { Message } from './connection.ts'
import { Step, type Stepping } from './step.ts'
import type { MessageSource } from './taker.ts'

/** Iterates over the messages of a connection. `return()` ends a step that waits; no message is lost by it. */
export class MessageIterator implements AsyncIterator<Message, void>, Stepping<Message> {
  readonly #inbox: MessageSource
  #isDone = false

  constructor(inbox: MessageSource) {
    this.#inbox = inbox
  }

  next(): Promise<IteratorResult<Message, void>> {
    if (this.#isDone) return Promise.resolve({ done: true, value: undefined })
    const message = this.#inbox.next()
    if (message !== undefined) return Promise.resolve({ done: false, value: message })
    const step = new Step<Message, 'message'>('message', this)
    this.#inbox.take(step)
    return step.promise
  }

  return(): Promise<IteratorResult<Message, void>> {
    this.#isDone = true
    this.#inbox.giveUp(this)
    return Promise.resolve({ done: true, value: undefined })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  given(): void {}

  finished(): void {
    this.#isDone = true
  }
}
