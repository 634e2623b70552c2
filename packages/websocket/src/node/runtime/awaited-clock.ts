import type { Clock, Timer } from '../../bytes/clock.ts'
import { keepAlive } from './keep-alive.ts'

/**
 * Makes a clock whose timers keep the process alive, which those of connections do not: between two tries of a client that reconnects there is no socket
 * to do it, and the application may await the next connection, or the end of the client.
 */
export function awaitedClock(clock: Clock): Clock {
  return {
    now: () => clock.now(),
    defer: callback => clock.defer(callback),
    yield: (callback, ...rest) => clock.yield(callback, ...rest),
    schedule: (callback, delay) => {
      const release = held()
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

/** Keeps the process alive until the function that this returns is called, for the first time. */
function held(): () => void {
  let isHeld = true
  keepAlive.hold()
  return () => {
    if (isHeld) keepAlive.release()
    isHeld = false
  }
}
