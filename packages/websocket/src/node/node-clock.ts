import { AsyncResource } from 'node:async_hooks'
import type { Clock, Timer } from '../bytes/clock.ts'
import { fairTurns } from './fair-turns.ts'
import { TimerSweep } from './timer-sweep.ts'

/**
 * Time as Node has it.
 *
 * Timers do not keep the process alive. Those of a second and more share one timer of Node, which is coarse: they are called up to a
 * quarter of a second late, never early. Deferred work runs in `process.nextTick`: a microtask would come
 * between the handlers of one read event and would send their answers one by one.
 */
export const nodeClock: Clock = {
  now: () => performance.now(),
  schedule: (callback, delay) => (delay >= coarseFrom ? sweep.schedule(callback, delay) : new NodeTimer(callback, delay)),
  defer: callback => process.nextTick(callback),
  yield: callback => fairTurns.next(callback),
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

/** In an asynchronous context of its own: what one connection keeps in an `AsyncLocalStorage` must not be seen in the calls of another. */
const context = new AsyncResource('TimerSweep')
const sweep = new TimerSweep({
  ...nodeClock,
  schedule: (callback, delay) => context.runInAsyncScope(() => new NodeTimer(callback, delay)),
})

/** In milliseconds. */
const coarseFrom = 1000

/** Timers of Node have 32 bits; it makes one millisecond of more. A sweep that comes too early waits again. */
const longestDelay = 0x7fff_ffff
