import type { ReceivedOctets } from '../bytes/octets.ts'
import { webText } from '../bytes/text.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import type { Message, MessageStream } from './connection.ts'
import { MessageIterator } from './message-iterator.ts'
import type { MessageSource } from './taker.ts'

/** Iterates over messages that come whole as streams of one piece, by the rules of `StreamIterator`. */
export class WholeStreams implements AsyncIterator<MessageStream, void> {
  readonly #messages: MessageIterator
  #current: WholeStream | undefined

  constructor(source: MessageSource) {
    this.#messages = new MessageIterator(source)
  }

  async next(): Promise<IteratorResult<MessageStream, void>> {
    this.#skip('the next message was asked for before this one was read to its end')
    const { done, value } = await this.#messages.next()
    if (done) return { done, value: undefined }
    this.#current = new WholeStream(value)
    return { done: false, value: this.#current }
  }

  return(): Promise<IteratorResult<MessageStream, void>> {
    this.#skip('the loop over messages was left before this one was read to its end')
    return this.#messages.return() as Promise<IteratorResult<MessageStream, void>>
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #skip(why: string): void {
    this.#current?.discard(why)
    this.#current = undefined
  }
}

/** A whole message as a stream of one piece. */
class WholeStream implements MessageStream {
  readonly isBinary: boolean
  #rest: Message | undefined
  #misuse: string | undefined

  constructor(message: Message) {
    this.isBinary = typeof message !== 'string'
    this.#rest = message
  }

  /** Discards what was not read. From now on reading throws, so that a part of a message is never taken for the whole. */
  discard(why: string): void {
    if (this.#rest !== undefined) this.#misuse = why
    this.#rest = undefined
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ReceivedOctets, void, void> {
    if (this.#misuse !== undefined) throw new ApiMisuse(this.#misuse)
    const message = this.#rest
    this.#rest = undefined
    if (message !== undefined && message.length > 0)
      yield typeof message === 'string' ? (webText.encode(message) as ReceivedOctets) : message
  }
}
