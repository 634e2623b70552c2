import type { Payload } from '../messages/payload.ts'
import { itemOf } from './answer.ts'

/** The further messages of a progressive invocation, for the handler to read. */
export class Chunks implements AsyncIterable<unknown>, AsyncIterator<unknown> {
  readonly #most: number
  readonly #waiting: Payload[] = []
  #reader: ((result: IteratorResult<unknown> | Promise<never>) => void) | undefined
  #isEnded = false
  #failure: { readonly error: unknown } | undefined

  /** `most`: messages that may wait for the handler. */
  constructor(most: number) {
    this.#most = most
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** Adds a message. Returns false, and keeps nothing, where as many wait as may. */
  add(payload: Payload): boolean {
    if (this.#isEnded || this.#failure !== undefined) return true
    const reader = this.#takeReader()
    if (reader !== undefined) reader({ done: false, value: itemOf(payload) })
    else if (this.#waiting.length >= this.#most) return false
    else this.#waiting.push(payload)
    return true
  }

  /** The last message has come. */
  end(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    if (this.#waiting.length === 0) this.#takeReader()?.(over)
  }

  /** Makes the reader throw the error. What waits is dropped. */
  fail(error: unknown): void {
    if (this.#failure !== undefined) return
    this.#failure = { error }
    this.#waiting.length = 0
    this.#takeReader()?.(error === undefined ? over : Promise.reject(error))
  }

  next(): Promise<IteratorResult<unknown>> {
    if (this.#waiting.length > 0) return Promise.resolve({ done: false, value: itemOf(this.#waiting.shift()) })
    if (this.#failure?.error !== undefined) return Promise.reject(this.#failure.error)
    if (this.#isEnded || this.#failure !== undefined) return Promise.resolve(over)
    return new Promise(resolve => {
      this.#takeReader()?.(over)
      this.#reader = resolve
    })
  }

  /** The handler has left its loop: what comes later is dropped. */
  return(): Promise<IteratorResult<unknown>> {
    this.#isEnded = true
    this.#waiting.length = 0
    return Promise.resolve(over)
  }

  #takeReader(): ((result: IteratorResult<unknown> | Promise<never>) => void) | undefined {
    const reader = this.#reader
    this.#reader = undefined
    return reader
  }
}

const over: IteratorReturnResult<undefined> = { done: true, value: undefined }
