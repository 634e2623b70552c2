import type { Clock } from '../bytes/clock.ts'

/** The time of a browser. Pages in the background get their timers late. */
export const browserClock: Clock = {
  now: () => performance.now(),
  schedule: (callback, delay) => {
    const timer = setTimeout(callback, Math.min(delay, longestDelay))
    unref(timer)
    return { cancel: () => clearTimeout(timer) }
  },
  defer: callback => queueMicrotask(callback),
  yield: callback => void setTimeout(callback, 0),
}

/** Keeps a timer from holding the process alive on Node, Bun and Deno. */
function unref(timer: unknown): void {
  if (typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function') timer.unref()
}

/** Milliseconds: the longest that timers can have. */
const longestDelay = 0x7fff_ffff
