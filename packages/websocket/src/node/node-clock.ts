import type { Clock, Timer } from '../bytes/clock.ts'

/**
 * Time as Node has it.
 *
 * Timers do not keep the process alive. Deferred work runs in `process.nextTick`: a microtask would come
 * between the handlers of one read event and would send their answers one by one. A delay beyond the longest is the longest: Node would
 * make it one millisecond.
 */
export const nodeClock: Clock = {
  now: () => performance.now(),
  schedule: (callback, delay) => new NodeTimer(callback, delay),
  defer: callback => process.nextTick(callback),
  yield: callback => void setImmediate(callback),
}

class NodeTimer implements Timer {
  readonly #timeout: NodeJS.Timeout

  constructor(callback: () => void, delay: number) {
    this.#timeout = setTimeout(callback, Math.min(delay, longestDelay)).unref()
  }

  cancel(): void {
    clearTimeout(this.#timeout)
  }
}

/** Timers have 32 bits. */
const longestDelay = 0x7fff_ffff
