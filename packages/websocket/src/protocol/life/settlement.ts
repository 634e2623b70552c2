/** A promise settled from outside. Nobody has to listen: it never rejects unhandled. */
export class Settlement<T> {
  #promise: Promise<T> | undefined
  #settle: { resolve(value: T): void; reject(error: Error): void } | undefined
  #outcome: { readonly value: T } | { readonly error: Error } | undefined

  /** Made when somebody asks for it. */
  get promise(): Promise<T> {
    this.#promise ??= this.#make()
    return this.#promise
  }

  resolve(value: T): void {
    if (this.#outcome !== undefined) return
    this.#outcome = { value }
    this.#settle?.resolve(value)
  }

  /** After it was resolved this does nothing. */
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
