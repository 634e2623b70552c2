import type { Clock } from '../bytes/clock.ts'
import { webSchedule } from '../bytes/web-schedule.ts'

/** The time of a browser. Pages in the background get their timers late. */
export const browserClock: Clock = {
  now: () => performance.now(),
  schedule: (callback, delay) => webSchedule(callback, Math.min(delay, longestDelay)),
  defer: callback => queueMicrotask(callback),
  yield: callback => void setTimeout(callback, 0),
}

/** Milliseconds: the longest that timers can have. */
const longestDelay = 0x7fff_ffff
