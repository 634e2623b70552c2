import type { Clock } from '../bytes/clock.ts'
import * as CloseCode from '../protocol/faults/codes.ts'
import { ConnectionClosed, MessageRefused } from '../protocol/faults/errors.ts'
import { type Accept, acceptJson, acceptText } from './accept.ts'
import { AcceptingIterator } from './accepting-iterator.ts'
import { calm } from './calm.ts'
import type { Message } from './connection.ts'
import type { JsonChecks } from './json-checks.ts'
import type { JsonOptions } from './json-options.ts'
import { MessageIterator } from './message-iterator.ts'
import { receiveFrom } from './pending-receive.ts'
import type { ReceiveOptions } from './receive-options.ts'
import type { StandardSchema } from './standard-schema.ts'
import type { MessageSource } from './taker.ts'

/**
 * The messages of one connection as texts, and as the values in JSON. Made for each call: few connections read their messages in more than
 * one way, and most of them begin once.
 */
export class AcceptedMessages {
  readonly #source: AskedSource
  readonly #clock: Clock
  readonly #end: (error: MessageRefused) => void
  readonly #checks: JsonChecks

  /** `end` fails the connection for a message that was refused; it may be over already. `checks` are those of `json`. */
  constructor(source: AskedSource, clock: Clock, end: (error: MessageRefused) => void, checks: JsonChecks) {
    this.#source = source
    this.#clock = clock
    this.#end = end
    this.#checks = checks
  }

  texts(): AsyncIterable<string> {
    return this.#all(acceptText)
  }

  json<Value>(schema?: StandardSchema<unknown, Value>, options?: JsonOptions): AsyncIterable<Value> {
    return this.#all(this.#accept(schema, 'json'), this.#checks.options(options).onRefused)
  }

  receiveText(options?: ReceiveOptions): Promise<string> {
    return this.#one('receiveText', acceptText, options)
  }

  receiveJson<Value>(schema?: StandardSchema<unknown, Value>, options?: ReceiveOptions): Promise<Value> {
    try {
      return this.#one('receiveJson', this.#accept(schema, 'receiveJson'), options)
    } catch (misuse) {
      return Promise.reject(misuse)
    }
  }

  #accept<Value>(schema: StandardSchema<unknown, Value> | undefined, where: string): Accept<Value> {
    if (schema !== undefined) this.#checks.schema(schema, where)
    return acceptJson(schema)
  }

  #all<Value>(accept: Accept<Value>, onRefused?: JsonOptions['onRefused']): AsyncIterable<Value> {
    this.#source.ask()
    const fail = (error: MessageRefused): Error => this.#fail(error)
    return { [Symbol.asyncIterator]: () => new AcceptingIterator(new MessageIterator(this.#source), accept, fail, onRefused) }
  }

  #one<Value>(where: string, accept: Accept<Value>, options: ReceiveOptions | undefined): Promise<Value> {
    return receiveFrom(this.#source, this.#clock, options, where, message => calm(this.#accepted(message, accept)))
  }

  async #accepted<Value>(message: Message, accept: Accept<Value>): Promise<Value> {
    try {
      return await accept(message)
    } catch (error) {
      throw error instanceof MessageRefused ? this.#fail(error) : error
    }
  }

  #fail(cause: MessageRefused): ConnectionClosed {
    this.#source.stop()
    this.#end(cause)
    return new ConnectionClosed(CloseCode.Abnormal, `connection failed with ${cause.closeCode}: ${cause.message}`, { cause })
  }
}

/** A source that can be told what the application does with its messages. */
interface AskedSource extends MessageSource {
  ask(): void
  stop(): void
}
