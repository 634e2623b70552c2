import { type Awaitable, isPromise } from '../../bytes/awaitable.ts'
import { Queue } from '../../bytes/queue.ts'

export interface HookOutcome {
  /** Called when reading may go on: no hook waits any more, or there is room to read ahead again. */
  readingReleased(): void
  /** Called when a hook threw, or its promise rejected. */
  hookFailed(error: unknown): void
}

/**
 * Runs the hooks of one connection, one after the other.
 *
 * While the promise of a hook is pending, later hooks wait; the same holds after `pause`. Reading goes on meanwhile, and the hooks for the
 * input wait here, so that pings are answered and the end of a connection is noticed during a slow hook (decision 48). At most `readAhead`
 * octets are read ahead; above that, `holdsReading` stops the parser until hooks have been called again.
 */
export class HookRunner {
  readonly #outcome: HookOutcome
  readonly #readAhead: number
  /** The hooks that wait. The list is made when the first one has to. */
  #waiting: Queue<WaitingHook> | undefined
  /** The octets read ahead: those of waiting hooks, and those of a message that is not complete yet. */
  #ahead = 0
  /** The part of `#ahead` that does not belong to a hook yet. */
  #unclaimed = 0
  /** The promise of `whenFree`, if it was requested, and the function that resolves it. */
  #free: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined
  /** The reasons, of `Hold`, for which the next hook has to wait: one number, which is asked several times for each frame. */
  #holds = 0
  /** Whether nothing is read for a while although hooks are called. */
  #isResting = false
  /** True while a hook runs, so that a synchronous reply or resume does not call the next hook inside it. */
  #isCalling = false

  /** `readAhead`: octets that may be read while hooks wait. */
  constructor(outcome: HookOutcome, readAhead: number = defaultReadAhead) {
    this.#outcome = outcome
    this.#readAhead = readAhead
  }

  /** Whether the next hook has to wait. */
  get isHeld(): boolean {
    return this.#holds !== 0
  }

  /** Whether the next hook is called before `run` returns. */
  get callsAtOnce(): boolean {
    return this.#holds === 0 && !this.#isCalling
  }

  /** Whether nothing more may be read: the runner is stopped or rests, or hooks wait and as much was read ahead as is allowed. */
  get holdsReading(): boolean {
    return this.#isResting || (this.#holds !== 0 && ((this.#holds & readsNothing) !== 0 || this.#ahead >= this.#readAhead))
  }

  /** Whether the application has paused the connection, and wants nothing to be read ahead. */
  get readsNothingAhead(): boolean {
    return (this.#holds & Hold.ReadingPause) !== 0
  }

  /** Whether no hook runs or waits, and nothing holds one: a new runner would do the same from now on. */
  get isAtRest(): boolean {
    return this.callsAtOnce && !this.#isResting && this.#free === undefined && this.waitingCount === 0 && this.#ahead === 0
  }

  get isStopped(): boolean {
    return (this.#holds & Hold.Stopped) !== 0
  }

  /** Whether the promise of a hook is pending. */
  get isAwaiting(): boolean {
    return (this.#holds & Hold.Promise) !== 0
  }

  /** The octets read ahead: those of waiting hooks, and those of a message that is not complete yet. */
  get octetsAhead(): number {
    return this.#ahead
  }

  /** The number of waiting hooks. */
  get waitingCount(): number {
    return this.#waiting?.length ?? 0
  }

  /** Resolves when the reading may go on; never after `stop`. */
  get whenFree(): Promise<void> {
    this.#free ??= resolvable()
    return this.#free.promise
  }

  /** Calls a hook now, or after the waiting ones. */
  run(hook: () => Awaitable<void>): void {
    if (this.isStopped) return
    if (this.#holds !== 0 || this.#isCalling) return this.#wait(hook)
    this.#call(hook)
    if (this.#waiting !== undefined && this.#waiting.length > 0) this.#next()
  }

  /** Calls `onMessage` as `run` calls a hook. Messages are frequent, so a function is made only if the hook has to wait. */
  runMessage<Payload, Detail>(hooks: MessageHook<Payload, Detail>, payload: Payload, detail: Detail): void {
    if (this.#holds !== 0 || this.#isCalling) return this.#waitForMessage(hooks, payload, detail)
    this.#isCalling = true
    try {
      const result = hooks.onMessage(payload, detail)
      if (isPromise(result)) this.#await(result)
    } catch (error) {
      this.#outcome.hookFailed(error)
    } finally {
      this.#isCalling = false
    }
    if (this.#waiting !== undefined && this.#waiting.length > 0) this.#next()
  }

  /** Counts octets that were read while hooks wait. Call it before the hooks for these octets. */
  readAhead(octets: number): void {
    this.#ahead += octets
    this.#unclaimed += octets
  }

  /** Calls no hooks until `resume`. `readsAhead`: whether reading goes on meanwhile, up to its bound; a second call may change that. */
  pause(readsAhead = true): void {
    this.#holds |= readsAhead ? Hold.Pause : Hold.Pause | Hold.ReadingPause
    if (!readsAhead || (this.#holds & Hold.ReadingPause) === 0) return
    this.#holds &= ~Hold.ReadingPause
    if (!this.holdsReading) this.#released()
  }

  resume(): void {
    if ((this.#holds & Hold.Pause) === 0) return
    this.#holds &= ~(Hold.Pause | Hold.ReadingPause)
    if (!this.#isCalling) this.#next()
  }

  /** Stops reading until `readOn`. Hooks are called meanwhile. */
  rest(): void {
    this.#isResting = true
  }

  /** Ends a rest of the reading. */
  readOn(): void {
    this.#isResting = false
    if (!this.holdsReading) this.#released()
  }

  /** Stops calling hooks, and discards the waiting ones. */
  stop(): void {
    this.#holds |= Hold.Stopped
    this.#waiting = undefined
  }

  #wait(hook: () => Awaitable<void>): void {
    const weight = this.#unclaimed + hookWeight
    this.#unclaimed = 0
    this.#ahead += hookWeight
    this.#waiting ??= new Queue()
    this.#waiting.push({ hook, weight })
  }

  #waitForMessage<Payload, Detail>(hooks: MessageHook<Payload, Detail>, payload: Payload, detail: Detail): void {
    this.run(() => hooks.onMessage(payload, detail))
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

  /** Awaits a hook's result. It is wrapped, because a thenable of the application may settle at once, settle twice, or throw. */
  #await(result: PromiseLike<void>): void {
    this.#holds |= Hold.Promise
    Promise.resolve(result).then(
      () => this.#settled(),
      error => {
        this.#outcome.hookFailed(error)
        this.#settled()
      },
    )
  }

  #settled(): void {
    this.#holds &= ~Hold.Promise
    this.#next()
  }

  #released(): void {
    this.#free?.resolve()
    this.#free = undefined
    this.#outcome.readingReleased()
  }

  #next(): void {
    const heldReading = this.#ahead >= this.#readAhead
    while (this.#holds === 0) {
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

function resolvable(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve!: () => void
  const promise = new Promise<void>(settle => {
    resolve = settle
  })
  return { promise, resolve }
}

/** The reasons for which the next hook has to wait. */
const Hold = {
  /** A hook has returned a promise that has not settled. */
  Promise: 1,
  /** The application has paused the connection. */
  Pause: 2,
  /** No hook is called any more. */
  Stopped: 4,
  /** The application has paused the connection, and nothing is read ahead. */
  ReadingPause: 8,
} as const

/** The reasons for which nothing is read ahead of waiting hooks. */
const readsNothing = Hold.Stopped | Hold.ReadingPause

/** The hook for whole messages. `detail` says more of the message: whether it is binary, or how long it is. */
export interface MessageHook<Payload, Detail> {
  onMessage(payload: Payload, detail: Detail): Awaitable<void>
}

interface WaitingHook {
  readonly hook: () => Awaitable<void>
  /** The octets that the waiting hook counts for. */
  readonly weight: number
}

/** The octets that a connection in class style reads ahead while hooks wait (decision 48). */
export const defaultReadAhead: number = 64 * 1024

/** The octets that a waiting hook counts for in addition to its arguments. */
const hookWeight = 16
