import type { Clock, Timer, Waiting } from '../../bytes/clock.ts'

/**
 * Runs many timers on one: each is called at the first tick that is not before its time, so never early and up to a tick late.
 *
 * The underlying timer waits for the earliest tick at which a call is due; there is none while no call is. The calls of one tick come in
 * the order of scheduling. Where one throws, the others are called all the same, and its error is thrown again from a deferred call. Where
 * calls take long, the rest waits until other events had their turn.
 */
export class TimerSweep {
  readonly #time: Clock
  readonly #tickLength: number
  /** Timers by tick, which is a number of tick lengths since the clock's zero. No list is empty. */
  readonly #buckets = new Map<number, Bucket>()
  #timer: Timer | undefined
  /** The tick that the underlying timer is for: `never` where there is none, `sweeping` until a sweep has found the next one. */
  #awaited: number = never

  /** `tickLength` in milliseconds. */
  constructor(time: Clock, tickLength = 250) {
    this.#time = time
    this.#tickLength = tickLength
  }

  /**
   * Schedules a call of a function, or of `timeIsUp` of an object. A call that is scheduled by another call does not come in the same sweep. A
   * delay may be infinite.
   */
  schedule(callback: Callback, delay: number): Timer {
    const now = this.#time.now()
    const tick = Math.max(Math.ceil((now + delay) / this.#tickLength), Math.floor(now / this.#tickLength) + 1)
    const entry = this.#bucket(tick).add(callback)
    if (tick < this.#awaited) this.#await(tick)
    else if (this.#hasLostItsTimer(now)) this.#await(this.#earliest())
    return entry
  }

  /**
   * Tells whether the underlying timer is lost: test frameworks replace the runtime's timers and remove their own, which must not end all
   * timers of the process.
   */
  #hasLostItsTimer(now: number): boolean {
    return this.#awaited !== sweeping && now > this.#awaited * this.#tickLength + longestLateness
  }

  #bucket(tick: number): Bucket {
    const present = this.#buckets.get(tick)
    if (present !== undefined) return present
    const bucket = new Bucket(() => this.#emptied(tick))
    this.#buckets.set(tick, bucket)
    return bucket
  }

  #emptied(tick: number): void {
    this.#buckets.delete(tick)
    if (this.#buckets.size === 0 && this.#awaited !== sweeping) this.#await(never)
  }

  #await(tick: number): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#awaited = tick
    if (tick !== never) this.#timer = this.#time.schedule(this.#sweep, Math.ceil(tick * this.#tickLength - this.#time.now()))
  }

  /** Calls the timers that are due. It may run too early, since timers of runtimes may fire a millisecond early; then none is due. */
  readonly #sweep = (): void => {
    const now = this.#time.now()
    this.#timer = undefined
    this.#awaited = sweeping
    for (const tick of this.#dueTicks(now)) {
      if (!this.#callAll(tick, now + longestTurn)) return this.#time.yield(this.#sweep)
    }
    this.#await(this.#earliest())
  }

  #dueTicks(now: number): number[] {
    const due = [...this.#buckets.keys()].filter(tick => tick * this.#tickLength <= now)
    return due.sort((one, other) => one - other)
  }

  #earliest(): number {
    let earliest = never
    for (const tick of this.#buckets.keys()) earliest = Math.min(earliest, tick)
    return earliest
  }

  /** Calls the timers of a tick; returns `false` where the time was over before the end. A call may cancel the next one. */
  #callAll(tick: number, until: number): boolean {
    const bucket = this.#buckets.get(tick)
    if (bucket === undefined) return true
    for (let entry = bucket.first; entry !== undefined; entry = bucket.first) {
      this.#call(entry)
      if (this.#time.now() >= until) return false
    }
    return true
  }

  #call(entry: Entry): void {
    try {
      entry.fire()
    } catch (error) {
      this.#time.defer(() => {
        throw error
      })
    }
  }
}

/** The timers of one tick: a ring that begins and ends here, so that a timer leaves it without a search. */
class Bucket {
  previous: Link = this
  next: Link = this
  readonly emptied: () => void

  constructor(emptied: () => void) {
    this.emptied = emptied
  }

  get first(): Entry | undefined {
    return this.next instanceof Entry ? this.next : undefined
  }

  add(callback: Callback): Entry {
    const entry = new Entry(callback, this.previous, this)
    this.previous.next = entry
    this.previous = entry
    return entry
  }
}

/** A timer in a ring. There are many, so it is as small as possible. After its call or cancellation it holds no references. */
class Entry implements Timer {
  previous: Link
  next: Link
  #callback: Callback | undefined

  constructor(callback: Callback, previous: Link, next: Link) {
    this.#callback = callback
    this.previous = previous
    this.next = next
  }

  /** Leaves the ring and then calls: the call may schedule anew and cancel this timer. */
  fire(): void {
    const callback = this.#callback!
    this.cancel()
    if (typeof callback === 'function') callback()
    else callback.timeIsUp()
  }

  cancel(): void {
    if (this.#callback === undefined) return
    this.#callback = undefined
    const { previous, next } = this
    previous.next = next
    next.previous = previous
    this.previous = this
    this.next = this
    if (previous instanceof Bucket && previous.first === undefined) previous.emptied()
  }
}

type Callback = (() => void) | Waiting

type Link = Bucket | Entry

const never = Number.POSITIVE_INFINITY
const sweeping = Number.NEGATIVE_INFINITY

/** The time in milliseconds that one turn may take before other events have theirs. */
const longestTurn = 3

/**
 * The time in milliseconds after which the underlying timer is assumed lost. A loop that was blocked for longer gets the same timer again.
 */
const longestLateness = 1000
