import type { Clock, Timer } from '@autobahn-ts/websocket'

/**
 * A clock whose timers keep the process alive, as those of connections do not: between two tries of a client that reconnects there is no
 * socket that would, and the application may await its next session, or its end.
 */
export function awaitedClock(clock: Clock): Clock {
  return {
    now: () => clock.now(),
    defer: callback => clock.defer(callback),
    yield: callback => clock.yield(callback),
    schedule: (callback, delay) => {
      const release = hold()
      const timer = clock.schedule(() => {
        release()
        callback()
      }, delay)
      return released(timer, release)
    },
  }
}

function released(timer: Timer, release: () => void): Timer {
  return {
    cancel: () => {
      release()
      timer.cancel()
    },
  }
}

/** Keeps the process alive until the function that it gives is called. */
function hold(): () => void {
  const alive = realSetInterval(() => {}, longestDelay)
  return () => realClearInterval(alive)
}

/** Taken when the module is loaded: the timers of a test framework keep no process alive. */
const { setInterval: realSetInterval, clearInterval: realClearInterval } = globalThis

/** Milliseconds: the longest that timers can have. */
const longestDelay = 0x7fff_ffff
