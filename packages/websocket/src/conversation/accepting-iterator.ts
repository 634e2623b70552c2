import { isPromise } from '../bytes/awaitable.ts'
import { MessageRefused } from '../protocol/faults/errors.ts'
import type { Accept } from './accept.ts'
import { calm } from './calm.ts'
import type { Message } from './connection.ts'
import type { JsonOptions } from './json-options.ts'
import type { MessageIterator } from './message-iterator.ts'

/** Fails the connection for a message that was refused, and returns the error that ends the loop. */
export type Fail = (error: MessageRefused) => Error

/** Iterates over the messages of a connection as values of another form: texts, or what JSON contains. */
export class AcceptingIterator<Value> implements AsyncIterator<Value, void> {
  readonly #messages: MessageIterator
  readonly #accept: Accept<Value>
  readonly #fail: Fail
  readonly #onRefused: JsonOptions['onRefused']

  constructor(messages: MessageIterator, accept: Accept<Value>, fail: Fail, onRefused?: JsonOptions['onRefused']) {
    this.#messages = messages
    this.#accept = accept
    this.#fail = fail
    this.#onRefused = onRefused
  }

  next(): Promise<IteratorResult<Value, void>> {
    return calm(this.#next())
  }

  return(): Promise<IteratorResult<Value, void>> {
    return this.#messages.return() as Promise<IteratorResult<never, void>>
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async #next(): Promise<IteratorResult<Value, void>> {
    for (;;) {
      const next = await this.#messages.next()
      if (next.done) return next
      try {
        const value = this.#accept(next.value)
        return { done: false, value: isPromise(value) ? await value : value }
      } catch (error) {
        await this.#refused(error, next.value)
      }
    }
  }

  /** Returns where the loop goes on, and throws where it ends. */
  async #refused(error: unknown, message: Message): Promise<void> {
    try {
      if (!(error instanceof MessageRefused)) throw error
      if (this.#onRefused === undefined) throw this.#fail(error)
      await this.#onRefused(error, message)
    } catch (end) {
      void this.return()
      throw end
    }
  }
}
