import { AsyncResource } from 'node:async_hooks'
import type { Clock, Waiting } from '../../bytes/clock.ts'
import { areTimersReal, CurrentTime } from './current-time.ts'
import { realNextTick, realNow, realSetImmediate } from './event-loop.ts'
import { fairTurns } from './fair-turns.ts'
import { NodeTimer } from './node-timer.ts'
import { TimerSweep } from './timer-sweep.ts'

/**
 * The clock of Node.
 *
 * Timers do not keep the process alive, and let sockets be read once more before they call. Those of a second and more share one timer of
 * Node, which is coarse: they are called up to a quarter of a second late, never early. While a test framework has replaced the global
 * timers, each has one of its own among the replaced ones.
 *
 * Deferred work runs in `process.nextTick`: a microtask would come between the handlers of one read event and would send their answers one
 * by one. Deferred and yielded work always continues in real time.
 */
export const nodeClock: Clock = {
  now: () => time.now(),
  schedule: Object.assign(
    (callback: () => void, delay: number) => (isCoarse(delay) ? sweep.schedule(callback, delay) : new NodeTimer(callback, delay, time)),
    {
      forObject: (waiting: Waiting, delay: number) =>
        isCoarse(delay) ? sweep.schedule(waiting, delay) : new NodeTimer(() => waiting.timeIsUp(), delay, time),
    },
  ),
  defer: callback => realNextTick(callback),
  yield: (callback, isBrief = false) => (isBrief ? void realSetImmediate(callback) : fairTurns.next(callback)),
}

const time = new CurrentTime()

/** The asynchronous context of the shared timer: the `AsyncLocalStorage` of one connection must not be seen in the calls of another. */
const context = new AsyncResource('TimerSweep')

/** Shares one timer among many. Uses the real clock, since its timers are real ones. */
const sweep = new TimerSweep({
  ...nodeClock,
  now: realNow,
  schedule: (callback, delay) => context.runInAsyncScope(() => new NodeTimer(callback, delay, time)),
})

/** Tells whether a timer may be a shared one. */
function isCoarse(delay: number): boolean {
  return delay >= coarseFrom && areTimersReal()
}

/** The shortest delay of a shared timer, in milliseconds. */
const coarseFrom = 1000
