import type { Clock } from '../bytes/clock.ts'
import { Queue } from '../bytes/queue.ts'

/** The performer of tasks. */
export interface TaskPerformer<Kind, Value> {
  perform(kind: Kind, value: Value): void
  /** Called before the first of several tasks that wait is performed. */
  tasksBegan(): void
  /** Called when the last task that waited was performed, and its microtasks have run. */
  tasksEnded(): void
}

/**
 * Performs the tasks of one connection in order, each when the microtasks of the task before have run, as an event loop does.
 *
 * One read may bring many messages, and the core hands all of them over at once. An application that awaits one event after the other would miss those
 * between, because its promises are settled in microtasks.
 */
export class EventTasks<Kind, Value> {
  readonly #performer: TaskPerformer<Kind, Value>
  readonly #clock: Clock
  readonly #waiting = new Queue<{ readonly kind: Kind; readonly value: Value }>()
  #isBusy = false
  #hasBegun = false
  readonly #microtasksRan = (): void => this.#clock.defer(this.#next)
  readonly #next = (): void => {
    const task = this.#waiting.shift()
    if (task === undefined) return this.#rest()
    if (!this.#hasBegun) this.#performer.tasksBegan()
    this.#hasBegun = true
    this.#performer.perform(task.kind, task.value)
    queueMicrotask(this.#microtasksRan)
  }

  constructor(performer: TaskPerformer<Kind, Value>, clock: Clock) {
    this.#performer = performer
    this.#clock = clock
  }

  /** Whether a task was performed of which the microtasks may not have run, or waits. */
  get isBusy(): boolean {
    return this.#isBusy
  }

  /** Performs a task now, or behind those that wait. */
  run(kind: Kind, value: Value): void {
    if (this.#isBusy) return this.#waiting.push({ kind, value })
    this.#isBusy = true
    this.#performer.perform(kind, value)
    queueMicrotask(this.#microtasksRan)
  }

  /** Performs a task later: when the caller has returned, and behind those that wait. */
  runLater(kind: Kind, value: Value): void {
    this.#waiting.push({ kind, value })
    if (this.#isBusy) return
    this.#isBusy = true
    queueMicrotask(this.#microtasksRan)
  }

  #rest(): void {
    this.#isBusy = false
    if (!this.#hasBegun) return
    this.#hasBegun = false
    this.#performer.tasksEnded()
  }
}
