/** Limits the number of tasks that run at the same time, and runs some tasks alone. Tasks start in the order in which they came. */
export class Turnstile {
  readonly #most: number
  readonly #waiting: { readonly isAlone: boolean; readonly enter: () => void }[] = []
  #inside = 0
  #isTaken = false

  constructor(most: number) {
    this.#most = most
  }

  /** Runs a task as soon as it may run. */
  async pass<Result>(isAlone: boolean, task: () => Promise<Result>): Promise<Result> {
    await new Promise<void>(enter => {
      this.#waiting.push({ isAlone, enter })
      this.#admit()
    })
    try {
      return await task()
    } finally {
      this.#inside--
      this.#isTaken = false
      this.#admit()
    }
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.#isTaken || this.#inside >= (next.isAlone ? 1 : this.#most)) return
      this.#waiting.shift()
      this.#inside++
      this.#isTaken = next.isAlone
      next.enter()
    }
  }
}
