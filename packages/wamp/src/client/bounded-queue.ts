/** The values of a stream that wait for its loop, up to a number of them. It has one reader. */
export class BoundedQueue<Item> {
  readonly #most: number
  readonly #waiting: Item[] = []
  #readers: Reader<Item>[] = []
  #end: { readonly error?: unknown } | undefined

  constructor(most: number) {
    this.#most = most
  }

  /** Whether it takes no more values. */
  get isEnded(): boolean {
    return this.#end !== undefined
  }

  /** Adds a value. Returns false, and keeps nothing, where as many wait as may. */
  add(item: Item): boolean {
    if (this.#end !== undefined) return true
    const reader = this.#readers.shift()
    if (reader !== undefined) reader.resolve({ done: false, value: item })
    else if (this.#waiting.length >= this.#most) return false
    else this.#waiting.push(item)
    return true
  }

  /** Ends the stream behind what waits: the loop ends, or throws the error. The first end counts. */
  end(failure?: { readonly error: unknown }): void {
    if (this.#end !== undefined) return
    this.#end = failure ?? {}
    for (const reader of this.#readers) this.#tellEnd(reader)
    this.#readers = []
  }

  /** Drops what waits. */
  clear(): void {
    this.#waiting.length = 0
  }

  next(): Promise<IteratorResult<Item, undefined>> {
    if (this.#waiting.length > 0) return Promise.resolve({ done: false, value: this.#waiting.shift()! })
    return new Promise((resolve, reject) => {
      const reader = { resolve, reject }
      if (this.#end === undefined) this.#readers.push(reader)
      else this.#tellEnd(reader)
    })
  }

  /** An error is thrown once; after it the stream is at its end. */
  #tellEnd({ resolve, reject }: Reader<Item>): void {
    const end = this.#end!
    this.#end = {}
    if ('error' in end) reject(end.error)
    else resolve({ done: true, value: undefined })
  }
}

interface Reader<Item> {
  resolve(result: IteratorResult<Item, undefined>): void
  reject(error: unknown): void
}
