import { isPromise } from '@autobahn-ts/websocket/portable'
import type { EventHandler, WampEvent } from '../session/subscriptions.ts'

/** Calls a handler for one event at a time: the next one waits until its promise has settled. */
export class InSequence {
  readonly #handler: EventHandler
  readonly #most: number
  readonly #overflowed: () => void
  readonly #waiting: WampEvent[] = []
  #isBusy = false
  /** Events that were dropped. */
  dropped = 0

  /** `overflowed` is called for each event above `most`, which is dropped. The handler must not throw; its promise may reject. */
  constructor(handler: EventHandler, most: number, overflowed: () => void) {
    this.#handler = handler
    this.#most = most
    this.#overflowed = overflowed
  }

  received(event: WampEvent): void {
    if (!this.#isBusy) this.#call(event)
    else if (this.#waiting.length < this.#most) this.#waiting.push(event)
    else {
      this.dropped++
      this.#overflowed()
    }
  }

  /** Drops what waits. */
  stop(): void {
    this.#waiting.length = 0
  }

  #call(event: WampEvent): void {
    const outcome = this.#handler(event)
    if (!isPromise(outcome)) return
    this.#isBusy = true
    const goOn = (): void => this.#goOn()
    void Promise.resolve(outcome).then(goOn, goOn)
  }

  #goOn(): void {
    this.#isBusy = false
    while (!this.#isBusy) {
      const next = this.#waiting.shift()
      if (next === undefined) return
      this.#call(next)
    }
  }
}
