import type { Timer } from '../../bytes/clock.ts'
import { areTimersReal, type CurrentTime } from './current-time.ts'
import { realClearImmediate, realClearTimeout, realSetImmediate, realSetTimeout } from './event-loop.ts'

/**
 * One timer, by the global timers of the moment in which it is made. It does not keep the process alive.
 *
 * When its time is over, sockets are read once more before it calls: after a blocked loop or a stopped process, octets that have arrived in time
 * are there and were not read, and what they say comes before a deadline. What they bring may cancel it.
 *
 * Timers that were made while a test framework had replaced the global ones, and that it forgot, begin anew when the real ones are back.
 */
export class NodeTimer implements Timer {
  readonly #callback: () => void
  readonly #delay: number
  readonly #time: CurrentTime
  readonly #dueAt: number
  #cancelTimeout: (() => void) | undefined
  #guard: NodeJS.Timeout | undefined
  #immediate: NodeJS.Immediate | undefined

  /** `delay` in milliseconds; a longer one than timers can have is the longest. */
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

  /** Looks now and then whether the timers that were replaced are still there. */
  #guardAgainst(replaced: typeof setTimeout): void {
    const period = Math.min(Math.max(this.#delay, shortestGuard), longestGuard)
    this.#guard = realSetTimeout(() => {
      if (globalThis.setTimeout === replaced) return this.#guardAgainst(replaced)
      this.#cancelTimeout?.()
      this.#start()
    }, period).unref()
  }
}

/** Milliseconds. Timers of Node have 32 bits; it makes one millisecond of more. */
const longestDelay = 0x7fff_ffff

/** Milliseconds between two looks. */
const shortestGuard = 100
const longestGuard = 1000
