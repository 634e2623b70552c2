/// <reference lib="esnext.disposable" preserve="true" />

import { Settlement, whenAborted } from '@autobahn-ts/websocket/portable'
import type { Uri } from '../messages/message.ts'
import type { WampEvent } from '../session/subscriptions.ts'
import { BoundedQueue } from './bounded-queue.ts'
import type { EventsOptions } from './request-options.ts'
import { StreamOverflow } from './stream-overflow.ts'

/**
 * The events of a topic, as a loop. The subscription begins with the stream, outlives sessions, and ends when the loop is left.
 *
 * The loop ends when the client is closed or the router revokes the subscription. It throws what subscribing rejects with, and the reason why the
 * client has given up.
 */
export interface EventStream<Event = WampEvent> extends AsyncIterable<Event> {
  /** Resolves when the router has confirmed the subscription. Its rejection need not be handled. */
  readonly ready: Promise<void>
  /** Events that were dropped because the loop did not read them in time. */
  readonly dropped: number
  /** Ends the subscription, as leaving the loop does. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Subscribes with a handler. The subscription tells its end. */
export type Subscribing = (
  handler: (event: WampEvent) => void,
  ended: (failure?: { readonly error: unknown }) => void,
) => {
  readonly ready: Promise<unknown>
  close(): Promise<void>
}

/** The subscription behind an `EventStream`. */
export class StreamOfEvents implements EventStream, AsyncIterator<WampEvent, undefined> {
  readonly #queue: BoundedQueue<WampEvent>
  readonly #ready = new Settlement<void>()
  readonly #subscription: ReturnType<Subscribing>
  #offAbort: (() => void) | undefined
  #dropped = 0

  constructor(topic: Uri, buffer: number, { overflow = 'drop', signal }: EventsOptions, subscribe: Subscribing) {
    this.#queue = new BoundedQueue(buffer)
    this.#subscription = subscribe(
      event => {
        if (this.#queue.add(event)) return
        this.#dropped++
        if (overflow === 'close') this.#end({ error: new StreamOverflow(topic, buffer) })
      },
      failure => this.#end(failure),
    )
    this.#subscription.ready.then(
      () => this.#ready.resolve(),
      error => {
        this.#ready.reject(error)
        this.#end({ error })
      },
    )
    if (signal?.aborted === true) this.#end({ error: signal.reason })
    else if (signal !== undefined) this.#offAbort = whenAborted(signal, () => this.#end({ error: signal.reason }))
  }

  get ready(): Promise<void> {
    return this.#ready.promise
  }

  get dropped(): number {
    return this.#dropped
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<WampEvent, undefined>> {
    return this.#queue.next()
  }

  async return(): Promise<IteratorResult<WampEvent, undefined>> {
    await this.close()
    return { done: true, value: undefined }
  }

  close(): Promise<void> {
    this.#queue.clear()
    this.#queue.end()
    this.#offAbort?.()
    return this.#subscription.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #end(failure?: { readonly error: unknown }): void {
    this.#queue.end(failure)
    this.#offAbort?.()
    this.#subscription?.close().catch(() => undefined)
  }
}
