import { ApiMisuse } from '../protocol/faults/errors.ts'
import type { Inbox } from './inbox.ts'
import type { IncomingStream } from './incoming-stream.ts'
import { Step, type Stepping } from './step.ts'

/**
 * Iterates over the messages of a connection as they arrive.
 *
 * The unread rest of a message is skipped when the next one is asked for, and when the loop is left. Reading on in a skipped message
 * throws, so that a part is never taken for the whole.
 */
export class StreamIterator implements AsyncIterator<IncomingStream, void>, Stepping<IncomingStream> {
  readonly #inbox: Inbox
  #current: IncomingStream | undefined
  #isDone = false

  constructor(inbox: Inbox) {
    this.#inbox = inbox
  }

  next(): Promise<IteratorResult<IncomingStream, void>> {
    this.#skip('the next message was asked for before this one was read to its end')
    if (this.#isDone) return Promise.resolve({ done: true, value: undefined })
    const step = new Step<IncomingStream, 'stream'>('stream', this)
    this.#inbox.take(step)
    return step.promise
  }

  return(): Promise<IteratorResult<IncomingStream, void>> {
    this.#isDone = true
    this.#skip('the loop over messages was left before this one was read to its end')
    this.#inbox.giveUp(this)
    return Promise.resolve({ done: true, value: undefined })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  given(stream: IncomingStream): void {
    this.#current = stream
  }

  finished(): void {
    this.#isDone = true
  }

  #skip(why: string): void {
    this.#current?.discard(new ApiMisuse(why))
    this.#current = undefined
  }
}
