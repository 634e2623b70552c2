import type { CallStream } from './call-stream.ts'
import type { EventStream } from './event-stream.ts'

/** The parts of streams of both kinds that a `LateStream` hands on. */
export interface BegunStream {
  readonly result?: Promise<unknown>
  readonly ready?: Promise<void>
  readonly dropped?: number
  next(): Promise<IteratorResult<unknown, undefined>>
  return(): Promise<unknown>
}

/** A stream, of results or of events, of a page that is just loading the code of streams. It begins then, and its loop waits for it. */
export class LateStream implements CallStream<never>, EventStream<never>, AsyncIterator<never, undefined> {
  readonly result: Promise<unknown>
  readonly ready: Promise<void>
  readonly #beginning: Promise<BegunStream>
  #begun: BegunStream | undefined

  /** `beginning` resolves with the stream. Where it rejects, the loop throws that, and so do `result` and `ready`. */
  constructor(beginning: Promise<BegunStream>) {
    this.#beginning = beginning
    this.result = beginning.then(({ result }) => result)
    this.ready = beginning.then(stream => {
      this.#begun = stream
      return stream.ready
    })
    for (const promise of [this.result, this.ready]) promise.catch(() => undefined)
  }

  get dropped(): number {
    return this.#begun?.dropped ?? 0
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<IteratorResult<never, undefined>> {
    return (await this.#beginning).next() as Promise<IteratorResult<never, undefined>>
  }

  async return(): Promise<IteratorResult<never, undefined>> {
    await this.close()
    return { done: true, value: undefined }
  }

  cancel(): void {
    this.close().catch(() => undefined)
  }

  async close(): Promise<void> {
    await (await this.#beginning).return()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
