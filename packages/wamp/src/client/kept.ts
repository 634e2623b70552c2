import { type Clock, Settlement, type Timer } from '@autobahn-ts/websocket/portable'
import type { Id, Uri } from '../messages/message.ts'
import type { Revoked } from '../session/requests.ts'
import type { Session } from '../session/session.ts'
import { SessionClosed } from '../session/session-closed.ts'
import { isWampError, WampError } from '../session/wamp-error.ts'

/** A registration or a subscription as one session has it. */
export interface Made {
  readonly id: Id
  /** Takes it back. */
  unmake(): Promise<void>
}

/** A way to make one thing in any session. */
export interface Maker {
  /** Makes it in a session. `revoked` is to be called when the router takes it back. */
  make(session: Session, revoked: Revoked): Promise<Made>
  /** Called once when it has ended: by this side, by the router (`revoked`), or with the client (`failure` where that has given up). */
  ended(end: KeptEnd): void
}

export interface KeptEnd {
  readonly revoked?: { readonly reason: string | undefined }
  readonly failure?: { readonly error: unknown }
}

/** A registration or subscription that could not be made again in a new session. */
export interface RestoreFailure {
  readonly kind: 'registration' | 'subscription'
  readonly uri: Uri
  readonly error: WampError
}

/** A registration or a subscription that is made again in each session, until it ends (decision 127). */
export class Kept {
  readonly kind: RestoreFailure['kind']
  readonly uri: Uri
  readonly #all: AllKept
  readonly #maker: Maker
  readonly #first = new Settlement<void>()
  #session: Session | undefined
  #made: Made | undefined
  #hasBeenMade = false
  #isEnded = false

  constructor(kind: RestoreFailure['kind'], uri: Uri, all: AllKept, maker: Maker) {
    this.kind = kind
    this.uri = uri
    this.#all = all
    this.#maker = maker
  }

  /** Resolves when it was made for the first time. */
  get ready(): Promise<void> {
    return this.#first.promise
  }

  /** The id in the current session. */
  get id(): Id | undefined {
    return this.isActive ? this.#made?.id : undefined
  }

  get isActive(): boolean {
    return this.#made !== undefined && this.#session?.isOpen === true
  }

  get isEnded(): boolean {
    return this.#isEnded
  }

  get hasBeenMade(): boolean {
    return this.#hasBeenMade
  }

  /** Makes it in a session. Never rejects: the outcome is told where it belongs. Returns the error that the router has answered. */
  async make(session: Session): Promise<WampError | undefined> {
    try {
      const made = await this.#maker.make(session, reason => this.#end({ revoked: { reason } }))
      if (this.#isEnded) {
        await made.unmake()
        return undefined
      }
      this.#session = session
      this.#made = made
      this.#hasBeenMade = true
      this.#first.resolve()
      return undefined
    } catch (error) {
      // it is made in the next session
      if (this.#isEnded || (error instanceof SessionClosed && !this.#all.isOver)) return undefined
      if (error instanceof WampError && this.#hasBeenMade) return error
      this.#end({ failure: { error } })
      return undefined
    }
  }

  /** Ends it, for good. Resolves when the router has confirmed that, or the session has ended. */
  async end(): Promise<void> {
    const made = this.isActive ? this.#made : undefined
    this.#end({})
    try {
      await made?.unmake()
    } catch (error) {
      // with the session it has ended too
      if (!(error instanceof SessionClosed)) throw error
    }
  }

  /** The client is closed, or has given up. */
  over(failure: { readonly error: unknown } | undefined, refusal: Error): void {
    if (!this.#hasBeenMade) this.#first.reject(refusal)
    this.#end(failure === undefined ? {} : { failure })
  }

  #end(end: KeptEnd): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#made = undefined
    this.#all.remove(this)
    this.#first.reject(end.failure?.error instanceof Error ? end.failure.error : new SessionClosed(`${this.uri} was given up`, false))
    this.#maker.ended(end)
  }
}

/** Everything that a client makes again in each session, in the order in which it was first made. */
export class AllKept {
  readonly #clock: Clock
  readonly #retryFor: number
  readonly #failed: (failure: RestoreFailure) => void
  readonly #all = new Set<Kept>()
  readonly #timers = new Set<Timer>()
  #isOver = false

  /** `retryFor`: milliseconds for which a registration is tried again where the router still has that of the session before. */
  constructor(clock: Clock, retryFor: number, failed: (failure: RestoreFailure) => void) {
    this.#clock = clock
    this.#retryFor = retryFor
    this.#failed = failed
  }

  get size(): number {
    return this.#all.size
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** Adds one, and makes it where there is a session. */
  add(kept: Kept, session: Session | undefined): void {
    this.#all.add(kept)
    if (session !== undefined) void kept.make(session)
  }

  remove(kept: Kept): void {
    this.#all.delete(kept)
  }

  /** Makes all of them in a new session, in order. Resolves when the router has answered each. */
  async restore(session: Session): Promise<void> {
    const all = [...this.#all]
    const since = this.#clock.now()
    for (let n = 0; n < all.length && session.isOpen; n += atOnce) {
      await Promise.all(all.slice(n, n + atOnce).map(kept => this.#make(kept, session, since)))
    }
  }

  /** Stops trying again: the session has ended. */
  forget(): void {
    for (const timer of this.#timers) timer.cancel()
    this.#timers.clear()
  }

  /** Ends all of them, with the client. */
  over(failure: { readonly error: unknown } | undefined, refusal: Error): void {
    this.#isOver = true
    this.forget()
    for (const kept of [...this.#all]) kept.over(failure, refusal)
  }

  async #make(kept: Kept, session: Session, since: number): Promise<void> {
    if (kept.isEnded || !session.isOpen) return
    const error = await kept.make(session)
    if (error === undefined) return
    const isHeld = kept.kind === 'registration' && isWampError(error, 'wamp.error.procedure_already_exists')
    if (!isHeld || this.#clock.now() - since >= this.#retryFor) return this.#failed({ kind: kept.kind, uri: kept.uri, error })
    const timer = this.#clock.schedule(() => {
      this.#timers.delete(timer)
      void this.#make(kept, session, since)
    }, retryEvery)
    this.#timers.add(timer)
  }
}

/** Requests that wait for their answers while restoring. */
const atOnce = 100
/** Milliseconds between two tries to register what the router still has of the session before. */
const retryEvery = 1000
