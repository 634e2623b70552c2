import { realClearTimeout, realSetTimeout } from './event-loop.ts'

/**
 * Keeps the process alive while it is held.
 *
 * Node waits for a socket only while it reads from it or writes to it. An application that awaits something of a connection whose socket is
 * paused, or was read to its end, would see the process end with code 13 (decision 51).
 */
export class KeepAlive {
  #holders = 0
  #timer: NodeJS.Timeout | undefined

  hold(): void {
    this.#holders++
    this.#timer ??= realSetTimeout(this.#again, longestDelay)
  }

  release(): void {
    if (--this.#holders > 0) return
    realClearTimeout(this.#timer)
    this.#timer = undefined
  }

  readonly #again = (): void => {
    this.#timer = realSetTimeout(this.#again, longestDelay)
  }
}

/** The instance of the process. */
export const keepAlive: KeepAlive = new KeepAlive()

/** The longest time of a timer in milliseconds. */
const longestDelay = 0x7fff_ffff
