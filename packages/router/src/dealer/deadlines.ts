import type { Clock, Timer } from '@autobahn-ts/websocket/portable'

/** Something that has a deadline. */
export interface Limited {
  timeIsUp(): void
}

/** A deadline that can be put off or removed. */
export interface Deadline {
  readonly item: Limited
}

/**
 * The deadlines of all calls. Calls with the same timeout are due in the order in which they began, so they share a queue and its one timer: a
 * timer for each call would cost more than the rest of the call.
 *
 * The timer of a queue that is empty runs on, because the next call needs it; so it does for a few queues at most, and `rest` ends them.
 */
export class Deadlines {
  readonly #clock: Clock
  readonly #queues = new Map<number, Queue>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Calls `timeIsUp` of an item after a number of milliseconds. */
  add(item: Limited, timeout: number): Deadline {
    const entry: Entry = { item, timeout, at: 0, queue: undefined, before: undefined, after: undefined }
    this.#append(entry)
    return entry
  }

  /** Puts a deadline off, to its number of milliseconds from now. One that is over stays so. */
  renew(deadline: Deadline): void {
    const entry = deadline as Entry
    if (entry.queue === undefined) return
    unlink(entry)
    this.#append(entry)
  }

  /** Removes a deadline. One that is over is left alone. */
  remove(deadline: Deadline): void {
    const entry = deadline as Entry
    const { queue } = entry
    if (queue === undefined) return
    unlink(entry)
    if (queue.first === undefined && this.#queues.size > mostIdle) this.#end(queue)
  }

  /** Ends the timers that wait for the next call. */
  rest(): void {
    for (const queue of this.#queues.values()) if (queue.first === undefined) this.#end(queue)
  }

  #append(entry: Entry): void {
    let queue = this.#queues.get(entry.timeout)
    if (queue === undefined) {
      queue = { timeout: entry.timeout, first: undefined, last: undefined, timer: undefined }
      this.#queues.set(entry.timeout, queue)
    }
    entry.at = this.#clock.now() + entry.timeout
    link(queue, entry)
    if (queue.timer === undefined) this.#wait(queue, entry.timeout)
  }

  #wait(queue: Queue, delay: number): void {
    queue.timer = this.#clock.schedule(() => this.#due(queue), Math.min(delay, longestDelay))
  }

  /** Ends what is due. The timer was made for an earlier entry, so there may be nothing yet. */
  #due(queue: Queue): void {
    const now = this.#clock.now()
    while (queue.first !== undefined && queue.first.at <= now) {
      const { first } = queue
      unlink(first)
      first.item.timeIsUp()
    }
    queue.timer = undefined
    if (queue.first === undefined) this.#end(queue)
    else this.#wait(queue, queue.first.at - now)
  }

  #end(queue: Queue): void {
    queue.timer?.cancel()
    if (this.#queues.get(queue.timeout) === queue) this.#queues.delete(queue.timeout)
  }
}

interface Entry extends Deadline {
  readonly timeout: number
  /** The time by the clock. */
  at: number
  /** The queue that it stands in; `undefined` once it is over. */
  queue: Queue | undefined
  before: Entry | undefined
  after: Entry | undefined
}

interface Queue {
  readonly timeout: number
  first: Entry | undefined
  last: Entry | undefined
  timer: Timer | undefined
}

function link(queue: Queue, entry: Entry): void {
  entry.queue = queue
  entry.before = queue.last
  entry.after = undefined
  if (queue.last === undefined) queue.first = entry
  else queue.last.after = entry
  queue.last = entry
}

function unlink(entry: Entry): void {
  const { queue, before, after } = entry
  if (queue === undefined) return
  if (before === undefined) queue.first = after
  else before.after = after
  if (after === undefined) queue.last = before
  else after.before = before
  entry.queue = undefined
}

/** The longest delay that timers take, in milliseconds. */
const longestDelay = 2 ** 31 - 1
/** The most queues that keep a timer for the next call. */
const mostIdle = 16
