import type { Awaitable } from '../../bytes/awaitable.ts'
import type { ClosingDeadlines } from './closing-deadlines.ts'
import type { ClosingParts } from './closing-parts.ts'

export interface LastHooksEvents {
  /** The hooks in front of the end are done: all were called, or none was for too long and the end overtakes them. Called once. */
  lastHooksDone(): void
}

/**
 * The hooks in front of the end of a connection: those of what the peer has sent, and behind them those of the end itself (`call`).
 *
 * While one hook after the other is called, they have all the time they need. If none is called for some seconds, the end overtakes them
 * (decision 48): the peer waits for the answer to its close frame, and the application for `onClose`.
 */
export class LastHooks {
  readonly #parts: ClosingParts
  readonly #deadlines: ClosingDeadlines
  readonly #events: LastHooksEvents
  /** The hooks of the end itself that have not been called. They are the last ones that wait. */
  #ofEnd = 0

  constructor(parts: ClosingParts, deadlines: ClosingDeadlines, events: LastHooksEvents) {
    this.#parts = parts
    this.#deadlines = deadlines
    this.#events = events
  }

  /** Calls the hook of the end behind all hooks that wait. `lastHooksDone` follows when handlers have had their chance to answer. */
  call(hook: () => Awaitable<void>): void {
    this.#run(hook)
    this.#run(() =>
      this.onceHandlersRan(() => {
        if (!this.#parts.runner.isStopped) this.#events.lastHooksDone()
      }),
    )
  }

  /** Whether hooks of the end wait, and will be called. */
  get areWaiting(): boolean {
    return this.#ofEnd > 0 && !this.#parts.runner.isStopped
  }

  /**
   * Calls back when the application has had its chance to answer what it was given: at once in class style, whose hooks answer before they
   * return; in function style behind the microtasks that are due, in which handlers run.
   */
  onceHandlersRan(callback: () => void): void {
    const { answersInMicrotasks, clock } = this.#parts
    // deferred work comes behind all microtasks only when a microtask defers it
    if (answersInMicrotasks) void Promise.resolve().then(() => clock.defer(callback))
    else callback()
  }

  /** Waits for the hooks, if any are held back. Where only those of the end wait, and the application has paused, it waits for none. */
  wait(): void {
    const { runner, events } = this.#parts
    events.lastHooksWait()
    if (!runner.isHeld || runner.isStopped) return
    const waiting = runner.waitingCount
    if (!runner.isAwaiting && waiting <= this.#ofEnd) return this.#overtake()
    this.#deadlines.waitForHooks(() => (runner.waitingCount < waiting ? this.wait() : this.#overtake()))
  }

  #run(hook: () => Awaitable<void>): void {
    this.#ofEnd++
    this.#parts.runner.run(() => {
      this.#ofEnd--
      return hook()
    })
  }

  #overtake(): void {
    this.#parts.runner.stop()
    this.#events.lastHooksDone()
  }
}
