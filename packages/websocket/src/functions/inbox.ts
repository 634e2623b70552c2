import { copyOf, type Octets } from '../bytes/octets.ts'
import type { ConnectionClosed } from '../protocol/errors.ts'
import type { MessageStream } from './connection.ts'

/** What waits to be taken, by one taker after the other; ends once, for good. */
export class Inbox<T> {
  #waiting: T[] = []
  #weight = 0
  #takers: { resolve(item: T | undefined): void; reject(error: Error): void }[] = []
  #end: { readonly error: Error | undefined } | undefined
  readonly #taken: () => void
  readonly #weigh: (item: T) => number

  /** `taken` is called after something was taken. */
  constructor(taken: () => void, weigh: (item: T) => number = () => 1) {
    this.#taken = taken
    this.#weigh = weigh
  }

  get length(): number {
    return this.#waiting.length
  }

  /** Of all that waits. */
  get weight(): number {
    return this.#weight
  }

  /** Whether somebody waits for the next item. */
  get isAwaited(): boolean {
    return this.#takers.length > 0
  }

  put(item: T): void {
    if (this.#end !== undefined) return
    const taker = this.#takers.shift()
    if (taker !== undefined) return taker.resolve(item)
    this.#waiting.push(item)
    this.#weight += this.#weigh(item)
  }

  /** The next item; `undefined` at a good end. Rejects at a bad one. */
  take(): Promise<T | undefined> {
    const item = this.#waiting.shift()
    if (item !== undefined) {
      this.#weight -= this.#weigh(item)
      this.#taken()
      return Promise.resolve(item)
    }
    if (this.#end?.error !== undefined) return Promise.reject(this.#end.error)
    if (this.#end !== undefined) return Promise.resolve(undefined)
    return new Promise((resolve, reject) => {
      this.#takers.push({ resolve, reject })
    })
  }

  clear(): void {
    this.#waiting = []
    this.#weight = 0
  }

  /** Nothing more comes. What waits can still be taken. */
  end(error: Error | undefined): void {
    if (this.#end !== undefined) return
    this.#end = { error }
    for (const taker of this.#takers.splice(0)) {
      if (error === undefined) taker.resolve(undefined)
      else taker.reject(error)
    }
  }
}

/** One message on its way in: what is pushed waits until it is taken, one piece at a time. */
export class IncomingStream implements MessageStream {
  readonly isBinary: boolean
  readonly #pieces: Inbox<Octets>
  #accepted: (() => void) | undefined
  #isAbandoned = false

  constructor(isBinary: boolean) {
    this.isBinary = isBinary
    this.#pieces = new Inbox(() => this.goOn())
  }

  /** Keeps a copy. Resolves when there is room for the next piece; at once where somebody waits for this one. */
  push(octets: Octets): Promise<void> | undefined {
    if (this.#isAbandoned) return undefined
    this.#pieces.put(copyOf(octets, 0, octets.length))
    if (this.#pieces.length === 0) return undefined
    return new Promise(resolve => {
      this.#accepted = resolve
    })
  }

  end(error?: ConnectionClosed): void {
    this.#pieces.end(error)
    this.goOn()
  }

  /** What is still to come is skipped. */
  abandon(): void {
    this.#isAbandoned = true
    this.#pieces.clear()
    this.#pieces.end(undefined)
    this.goOn()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Octets, void, void> {
    try {
      for (let piece = await this.#pieces.take(); piece !== undefined; piece = await this.#pieces.take()) yield piece
    } finally {
      this.abandon()
    }
  }

  /** Lets the next piece come, also where this one was not taken. */
  goOn(): void {
    this.#accepted?.()
    this.#accepted = undefined
  }
}
