import { type Clock, type DeadlineClock, nodeRuntime } from '@autobahn-ts/websocket'

/** Returns Node's clock, with deadlines by a clock of the caller's where there is one. Octets move in real time all the same. */
export function transportClock(deadlines: DeadlineClock | undefined): Clock {
  if (deadlines === undefined) return nodeRuntime.clock
  return {
    ...nodeRuntime.clock,
    now: () => deadlines.now(),
    schedule: (callback, delay) => deadlines.schedule(callback, delay),
  }
}
