/// <reference lib="esnext.disposable" preserve="true" />

import { Settlement, whenAborted } from '@autobahn-ts/websocket/portable'
import { type CallResult, itemOf } from '../session/answer.ts'
import { BoundedQueue } from './bounded-queue.ts'
import { StreamOverflow } from './stream-overflow.ts'

/**
 * The progressive results of a call, as a loop, and its result.
 *
 * Leaving the loop cancels the call. The loop ends with the call, and throws what the call rejects with.
 */
export interface CallStream<Progress = unknown, Result = unknown> extends AsyncIterable<Progress> {
  /** Settles with the call. Its rejection need not be handled. */
  readonly result: Promise<Result>
  /** Cancels the call, as leaving the loop does. */
  cancel(): void
  [Symbol.asyncDispose](): Promise<void>
}

/** Makes a call with a function for its progressive results and a signal, and settles as `call` does. */
export type StreamedCall = (onProgress: (result: CallResult) => void, signal: AbortSignal) => Promise<unknown>

/** The call behind a `CallStream`. It begins at once. */
export class StreamOfCall implements CallStream, AsyncIterator<unknown, undefined> {
  readonly #queue: BoundedQueue<unknown>
  readonly #result = new Settlement<unknown>()
  readonly #cancelling = new AbortController()

  /** `what` names the call in errors. `given` cancels the call too. */
  constructor(what: string, buffer: number, call: StreamedCall, given?: AbortSignal) {
    this.#queue = new BoundedQueue(buffer)
    // not `AbortSignal.any`, which on Node 20 grows with each use of a signal that lasts
    const offAbort = given === undefined ? undefined : whenAborted(given, () => this.#cancelling.abort(given.reason))
    if (given?.aborted === true) this.#cancelling.abort(given.reason)
    const onProgress = (result: CallResult): void => {
      if (!this.#queue.add(itemOf(result))) this.#cancelling.abort(new StreamOverflow(what, buffer))
    }
    call(onProgress, this.#cancelling.signal).then(
      value => {
        offAbort?.()
        this.#result.resolve(value)
        this.#queue.end()
      },
      error => {
        offAbort?.()
        this.#result.reject(error)
        this.#queue.end({ error })
      },
    )
  }

  get result(): Promise<unknown> {
    return this.#result.promise
  }

  cancel(): void {
    this.#queue.clear()
    this.#queue.end()
    this.#cancelling.abort()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<unknown, undefined>> {
    return this.#queue.next()
  }

  return(): Promise<IteratorResult<unknown, undefined>> {
    this.cancel()
    return Promise.resolve({ done: true, value: undefined })
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.cancel()
    return Promise.resolve()
  }
}
