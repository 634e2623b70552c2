import type { Clock } from '@autobahn-ts/websocket/portable'

/** Time as browsers have it. Pages in the background get their timers late. */
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

/** On Node, Bun and Deno a timer would keep the process alive. */
function unref(timer: unknown): void {
  if (typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function') timer.unref()
}

/** Timers have 32 bits of milliseconds. */
const longestDelay = 0x7fff_ffff
