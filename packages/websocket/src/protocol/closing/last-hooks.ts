import type { Awaitable } from '../../bytes/awaitable.ts'
import type { ClosingDeadlines } from './closing-deadlines.ts'
import type { ClosingParts } from './closing-parts.ts'

export interface LastHooksEvents {
  /** No hook was called for too long: none is called any more, and the end comes without them. */
  hooksOvertaken(): void
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

  /**
   * Calls the hook of the end behind all hooks that wait, and `then` when it is done and the application could answer. Calls neither of them
   * any more once the runner is stopped.
   */
  call(hook: () => Awaitable<void>, then: () => void): void {
    this.#run(hook)
    this.#run(() =>
      this.afterAnswers(() => {
        if (!this.#parts.runner.isStopped) then()
      }),
    )
  }

  /** Whether hooks of the end wait, and will be called. */
  get areWaiting(): boolean {
    return this.#ofEnd > 0 && !this.#parts.runner.isStopped
  }

  /**
   * Calls back when the application could answer what it was given: at once where hooks answer themselves, else when all microtasks that
   * are due have run. Deferred work comes behind them only when a microtask defers it.
   */
  afterAnswers(callback: () => void): void {
    const { answersInMicrotasks, clock } = this.#parts
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
    this.#events.hooksOvertaken()
  }
}
