import { type Awaitable, isPromise } from '../../bytes/awaitable.ts'
import type { Octets } from '../../bytes/octets.ts'
import { Queue } from '../../bytes/queue.ts'
import type { Hooks } from './hooks.ts'

export interface HookOutcome {
  /** The reading may go on: no hook waits any more, or there is room to read ahead again. */
  released(): void
  /** A hook threw, or its promise rejected. */
  hookFailed(error: unknown): void
}

/**
 * Runs the hooks of one connection, one after the other.
 *
 * A hook that returns a promise holds the hooks behind it until the promise settles; so does `pause`. Reading goes on meanwhile, and the
 * hooks of what is read wait here: that is how pings are answered and the end of a connection is noticed while a hook takes its time.
 * What is read ahead is bounded by `readAhead` octets; above that, `holdsReading` stops the parser until hooks have been called again.
 */
export class HookRunner {
  readonly #outcome: HookOutcome
  readonly #readAhead: number
  /** Made when the first hook has to wait. */
  #waiting: Queue<WaitingHook> | undefined
  /** Octets read ahead: those of the hooks that wait, and those of a message that is not complete yet. */
  #ahead = 0
  /** The part of `#ahead` that belongs to no hook yet. */
  #unclaimed = 0
  /** For those who wait until there is room to read on. */
  #whenFree: Promise<void> | undefined
  #tellFree: (() => void) | undefined
  #isAwaiting = false
  #isPaused = false
  #isStopped = false
  /** Whether one of the three is so: asked several times for each frame. */
  #isHeld = false
  /** Whether nothing is read for a while although hooks are called. */
  #isResting = false
  /** A hook that pauses and resumes, or whose answer comes back within its own call, does not have the next one called inside it. */
  #isCalling = false

  /** `readAhead`: octets that may be read while hooks wait. */
  constructor(outcome: HookOutcome, readAhead: number = defaultReadAhead) {
    this.#outcome = outcome
    this.#readAhead = readAhead
  }

  /** Whether the next hook has to wait. */
  get isHeld(): boolean {
    return this.#isHeld
  }

  /** Whether nothing more may be read: the runner is stopped or rests, or hooks wait and as much was read ahead as is allowed. */
  get holdsReading(): boolean {
    return this.#isResting || (this.#isHeld && (this.#isStopped || this.#ahead >= this.#readAhead))
  }

  get isStopped(): boolean {
    return this.#isStopped
  }

  /** Whether a hook was called whose promise has not settled. */
  get isAwaiting(): boolean {
    return this.#isAwaiting
  }

  /** Octets read ahead: those of hooks that wait, and those of a message that is not complete yet. */
  get octetsAhead(): number {
    return this.#ahead
  }

  /** How many hooks wait. */
  get waitingCount(): number {
    return this.#waiting?.length ?? 0
  }

  /** Resolves when the reading may go on; never after `stop`. */
  get whenFree(): Promise<void> {
    this.#whenFree ??= new Promise(resolve => {
      this.#tellFree = resolve
    })
    return this.#whenFree
  }

  /** Calls the hook now, or behind those that wait. */
  run(hook: () => Awaitable<void>): void {
    if (this.#isStopped) return
    if (this.#isHeld || this.#isCalling) return this.#wait(hook)
    this.#call(hook)
    if (this.#waiting !== undefined && this.#waiting.length > 0) this.#next()
  }

  /** Calls `onMessage` as `run` calls a hook. Messages are many: a function is made for one only where it has to wait. */
  runMessage(hooks: Pick<Hooks, 'onMessage'>, payload: Octets, isBinary: boolean): void {
    if (this.#isHeld || this.#isCalling) return this.#waitForMessage(hooks, payload, isBinary)
    this.#isCalling = true
    try {
      const result = hooks.onMessage(payload, isBinary)
      if (isPromise(result)) this.#await(result)
    } catch (error) {
      this.#outcome.hookFailed(error)
    } finally {
      this.#isCalling = false
    }
    if (this.#waiting !== undefined && this.#waiting.length > 0) this.#next()
  }

  /** Counts octets that were read while hooks wait; call it before the hooks that are called with them. */
  readAhead(octets: number): void {
    this.#ahead += octets
    this.#unclaimed += octets
  }

  pause(): void {
    this.#isPaused = this.#isHeld = true
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#isHeld = this.#isAwaiting || this.#isStopped
    if (!this.#isCalling) this.#next()
  }

  /** Holds the reading until `readOn`. Hooks are called meanwhile. */
  rest(): void {
    this.#isResting = true
  }

  /** Ends a rest of the reading. */
  readOn(): void {
    this.#isResting = false
    if (!this.holdsReading) this.#released()
  }

  /** No hook is called any more; what waits is forgotten. */
  stop(): void {
    this.#isStopped = this.#isHeld = true
    this.#waiting = undefined
  }

  #wait(hook: () => Awaitable<void>): void {
    const weight = this.#unclaimed + hookWeight
    this.#unclaimed = 0
    this.#ahead += hookWeight
    this.#waiting ??= new Queue()
    this.#waiting.push({ hook, weight })
  }

  #waitForMessage(hooks: Pick<Hooks, 'onMessage'>, payload: Octets, isBinary: boolean): void {
    this.run(() => hooks.onMessage(payload, isBinary))
  }

  #call(hook: () => Awaitable<void>): void {
    this.#isCalling = true
    try {
      const result = hook()
      if (isPromise(result)) this.#await(result)
    } catch (error) {
      this.#outcome.hookFailed(error)
    } finally {
      this.#isCalling = false
    }
  }

  /** Wrapped, because a thenable of the application may settle at once, settle twice, or throw. */
  #await(result: PromiseLike<void>): void {
    this.#isAwaiting = this.#isHeld = true
    Promise.resolve(result).then(
      () => this.#settled(),
      error => {
        this.#outcome.hookFailed(error)
        this.#settled()
      },
    )
  }

  #settled(): void {
    this.#isAwaiting = false
    this.#isHeld = this.#isPaused || this.#isStopped
    this.#next()
  }

  #released(): void {
    this.#tellFree?.()
    this.#whenFree = this.#tellFree = undefined
    this.#outcome.released()
  }

  #next(): void {
    const heldReading = this.#ahead >= this.#readAhead
    while (!this.#isHeld) {
      const next = this.#waiting?.shift()
      if (next === undefined) {
        this.#ahead = this.#unclaimed = 0
        return this.#released()
      }
      this.#ahead -= next.weight
      this.#call(next.hook)
    }
    if (heldReading && !this.holdsReading) this.#released()
  }
}

interface WaitingHook {
  readonly hook: () => Awaitable<void>
  /** Octets that it counts for. */
  readonly weight: number
}

/** Octets that a connection in class style reads while hooks wait. */
export const defaultReadAhead: number = 64 * 1024

/** Octets that a waiting hook counts for besides those it is called with. */
const hookWeight = 16
