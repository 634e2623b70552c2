import type { Id, MessageTransport } from '@autobahn-ts/wamp/protocol'
import { type Clock, defaultsOf, type Timer } from '@autobahn-ts/websocket/portable'
import type { ResumeClaim } from '../join/realm-door.ts'
import { type ResumableFacts, type ResumableHome, ResumableSession } from './resumable-session.ts'
import { type ResumptionSettings, resumptionOptions } from './resumption-options.ts'

/** Everything that the resumable sessions of a realm get from outside. */
export interface ResumptionWorld {
  readonly clock: Clock
  /** Returns octets that nobody can guess. */
  randomOctets(length: number): Uint8Array
  /** Takes note that a session has lost its transport, and stays. */
  detached(session: Id): void
}

/** The sessions of one realm that can be resumed. Those without a transport have bounds: their number, and the octets that are kept for all of them. */
export class ResumableSessions implements ResumableHome {
  /** One object for all sessions, so that a change holds for those that are there. */
  readonly settings: ResumptionSettings
  readonly clock: Clock
  #isOffered: boolean
  readonly #world: ResumptionWorld
  readonly #all = new Map<Id, ResumableSession>()
  /** Those without a transport, the one that lost it first in front. */
  readonly #detached = new Set<ResumableSession>()
  #octets = 0
  #timer: Timer | undefined

  /** `settings` are `undefined` in a realm that does not offer resumption. */
  constructor(settings: ResumptionSettings | undefined, world: ResumptionWorld) {
    this.settings = { ...(settings ?? defaultsOf(resumptionOptions)) }
    this.#isOffered = settings !== undefined
    this.clock = world.clock
    this.#world = world
  }

  /** Whether sessions that begin now can be resumed. */
  get isOffered(): boolean {
    return this.#isOffered
  }

  /**
   * Replaces the settings; `undefined` offers no resumption any more. They hold for the sessions that are there: of those without a transport, the oldest end
   * above a new bound. A new time counts from the loss of the transport.
   */
  change(settings: ResumptionSettings | undefined): void {
    this.#isOffered = settings !== undefined
    Object.assign(this.settings, settings)
    const isTooMuch = (): boolean =>
      !this.#isOffered || this.#detached.size > this.settings.sessions || this.#octets > this.settings.totalOctets
    for (const session of [...this.#detached]) {
      if (isTooMuch()) session.transport.giveUp('fewer sessions without a transport are kept from now on')
      else session.timeChanged()
    }
  }

  get size(): number {
    return this.#all.size
  }

  /** The number of sessions without a transport. */
  get detachedSize(): number {
    return this.#detached.size
  }

  /** Octets that are kept for sessions without a transport. */
  get detachedOctets(): number {
    return this.#octets
  }

  /** Makes the session of a client resumable. */
  begin(below: MessageTransport, facts: ResumableFacts): ResumableSession {
    const session = new ResumableSession(below, facts, this)
    this.#all.set(facts.session, session)
    this.#timer ??= this.clock.schedule(() => this.#age(), this.#ageTime)
    return session
  }

  /** Finds the session that a client may go on with; `undefined` where anything in its claim is wrong. */
  find({ session, token, authid, certificate }: ResumeClaim): ResumableSession | undefined {
    if (!this.#isOffered) return undefined
    const found = this.#all.get(session)
    return found?.isRight(token, authid, certificate) === true ? found : undefined
  }

  /** Whether a session has lost its transport, and waits for another one. */
  isDetached(session: Id): boolean {
    return this.#all.get(session)?.transport.isDetached === true
  }

  /** The session has left its realm. */
  left(session: Id): void {
    this.#all.get(session)?.transport.retire()
  }

  /** Returns the session that has been without a transport for longest; `undefined` where there is none. */
  get oldestDetached(): Id | undefined {
    const [oldest] = this.#detached
    return oldest?.facts.session
  }

  randomOctets(length: number): Uint8Array {
    return this.#world.randomOctets(length)
  }

  hasRoomFor(octets: number): boolean {
    return this.#isOffered && this.#detached.size < this.settings.sessions && this.#octets + octets <= this.settings.totalOctets
  }

  detached(session: ResumableSession): void {
    this.#detached.add(session)
    this.#octets += session.octets
    this.#world.detached(session.facts.session)
  }

  grown(octets: number): boolean {
    this.#octets += octets
    return this.#octets <= this.settings.totalOctets
  }

  attached(session: ResumableSession): void {
    if (!this.#detached.delete(session)) return
    this.#octets -= session.octets
    session.octets = 0
  }

  retired(session: ResumableSession): void {
    this.attached(session)
    this.#all.delete(session.facts.session)
    if (this.#all.size > 0) return
    this.#timer?.cancel()
    this.#timer = undefined
  }

  /** Pings find a dead transport within a minute, so what was sent before that has arrived or is missed. */
  get #ageTime(): number {
    return Math.max(60, this.settings.seconds) * 1000
  }

  #age(): void {
    for (const { transport } of this.#all.values()) transport.age()
    this.#timer = this.clock.schedule(() => this.#age(), this.#ageTime)
  }
}
