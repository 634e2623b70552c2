import type { Awaitable } from '../../bytes/awaitable.ts'
import type { ClosingDeadlines } from './closing-deadlines.ts'
import type { ClosingParts } from './closing-parts.ts'

export interface LastHooksEvents {
  /** Called once: all of the last hooks were called, or none was for too long and the rest is given up. */
  lastHooksDone(): void
}

/**
 * Calls the last hooks of a connection before it ends: those of messages that the peer has sent, and behind them `onCloseFrame`.
 *
 * Hooks may take long, since each may return a promise. While one hook after the other is called, they have all the time they need. If none
 * is called for some seconds, the end no longer waits for them (decision 48): the peer waits for the answer to its close frame, and the
 * application for `onClose`.
 */
export class LastHooks {
  readonly #parts: ClosingParts
  readonly #deadlines: ClosingDeadlines
  readonly #events: LastHooksEvents
  /** The number of hooks from `call` that the runner has not called yet. They stand behind all others. */
  #ownHooks = 0

  constructor(parts: ClosingParts, deadlines: ClosingDeadlines, events: LastHooksEvents) {
    this.#parts = parts
    this.#deadlines = deadlines
    this.#events = events
  }

  /** Calls a hook behind all hooks that wait, as the last one. `lastHooksDone` follows when handlers have had their chance to answer. */
  call(hook: () => Awaitable<void>): void {
    this.#run(hook)
    this.#run(() =>
      this.onceHandlersRan(() => {
        if (!this.#parts.runner.isStopped) this.#events.lastHooksDone()
      }),
    )
  }

  /** Whether the hook of `call` has not been called yet, and will be. */
  get areWaiting(): boolean {
    return this.#ownHooks > 0 && !this.#parts.runner.isStopped
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

  /**
   * Waits for the hooks, as long as the runner calls one from time to time. Waits for none if the application has paused and only the hook of
   * `call` is left: no message would be lost.
   */
  wait(): void {
    const { runner, events } = this.#parts
    events.lastHooksWait()
    if (!runner.isHeld || runner.isStopped) return
    const waiting = runner.waitingCount
    if (!runner.isAwaiting && waiting <= this.#ownHooks) return this.#giveUp()
    this.#deadlines.waitForHooks(() => (runner.waitingCount < waiting ? this.wait() : this.#giveUp()))
  }

  #run(hook: () => Awaitable<void>): void {
    this.#ownHooks++
    this.#parts.runner.run(() => {
      this.#ownHooks--
      return hook()
    })
  }

  /** Ends without the hooks that were not called. */
  #giveUp(): void {
    this.#parts.runner.stop()
    this.#events.lastHooksDone()
  }
}
