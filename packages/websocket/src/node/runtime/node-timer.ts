import type { Timer } from '../../bytes/clock.ts'
import { areTimersReal, type CurrentTime } from './current-time.ts'
import { realClearImmediate, realClearTimeout, realSetImmediate, realSetTimeout } from './event-loop.ts'

/**
 * A timer, made with the current global timers. It does not keep the process alive.
 *
 * When its time is over, sockets are read once more before it calls: after a blocked loop or a stopped process, octets that arrived in time
 * have not been read, and they come before a deadline. They may cancel the timer.
 *
 * Timers that were made while a test framework had replaced the global ones, and that it forgot, start anew when the real ones are
 * restored (decision 50).
 */
export class NodeTimer implements Timer {
  readonly #callback: () => void
  readonly #delay: number
  readonly #time: CurrentTime
  readonly #dueAt: number
  #cancelTimeout: (() => void) | undefined
  #guard: NodeJS.Timeout | undefined
  #immediate: NodeJS.Immediate | undefined

  /** `delay` in milliseconds; it is limited to the longest time of timers. */
  constructor(callback: () => void, delay: number, time: CurrentTime) {
    this.#callback = callback
    this.#delay = Math.min(delay, longestDelay)
    this.#time = time
    this.#dueAt = areTimersReal() ? 0 : time.now() + this.#delay
    this.#start()
  }

  cancel(): void {
    this.#cancelTimeout?.()
    this.#cancelTimeout = undefined
    realClearTimeout(this.#guard)
    if (this.#immediate !== undefined) realClearImmediate(this.#immediate)
    this.#immediate = undefined
  }

  #start(): void {
    const { setTimeout, clearTimeout } = globalThis
    const timeout = setTimeout(this.#ring, this.#delay)
    // a replaced timer may be a number
    if (typeof timeout === 'object') timeout.unref?.()
    this.#cancelTimeout = () => clearTimeout(timeout)
    if (setTimeout !== realSetTimeout) this.#guardAgainst(setTimeout)
  }

  readonly #ring = (): void => {
    this.#cancelTimeout = undefined
    realClearTimeout(this.#guard)
    this.#immediate = realSetImmediate(() => {
      this.#immediate = undefined
      if (this.#dueAt > 0) this.#time.isAtLeast(this.#dueAt)
      this.#callback()
    })
  }

  /** Checks from time to time whether the replaced timers are still there. */
  #guardAgainst(replaced: typeof setTimeout): void {
    const period = Math.min(Math.max(this.#delay, shortestGuard), longestGuard)
    this.#guard = realSetTimeout(() => {
      if (globalThis.setTimeout === replaced) return this.#guardAgainst(replaced)
      this.#cancelTimeout?.()
      this.#start()
    }, period).unref()
  }
}

/** The longest time of a timer in milliseconds. Timers of Node have 32 bits; it turns longer times into one millisecond. */
const longestDelay = 0x7fff_ffff

/** The time between two checks in milliseconds. */
const shortestGuard = 100
const longestGuard = 1000
