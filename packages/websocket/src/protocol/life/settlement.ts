/** A promise that is settled from outside. It may be left without a handler: it never causes an unhandled rejection. */
export class Settlement<T> {
  #promise: Promise<T> | undefined
  #settle: { resolve(value: T): void; reject(error: Error): void } | undefined
  #outcome: { readonly value: T } | { readonly error: Error } | undefined

  /** The promise, which is made when it is first used. */
  get promise(): Promise<T> {
    this.#promise ??= this.#make()
    return this.#promise
  }

  resolve(value: T): void {
    if (this.#outcome !== undefined) return
    this.#outcome = { value }
    this.#settle?.resolve(value)
  }

  /** Rejects the promise. Does nothing after it was resolved. */
  reject(error: Error): void {
    if (this.#outcome !== undefined) return
    this.#outcome = { error }
    this.#settle?.reject(error)
  }

  #make(): Promise<T> {
    const promise = new Promise<T>((resolve, reject) => {
      if (this.#outcome === undefined) this.#settle = { resolve, reject }
      else if ('error' in this.#outcome) reject(this.#outcome.error)
      else resolve(this.#outcome.value)
    })
    promise.catch(() => undefined)
    return promise
  }
}
