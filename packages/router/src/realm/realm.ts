import { CloseReason, type Dict, type Id, type MessageTransport, type Register, type Uri } from '@autobahn-ts/wamp/protocol'
import { asError, type Clock, isPromise } from '@autobahn-ts/websocket/portable'
import { Broker, type HistoryRule } from '../broker/broker.ts'
import { Dealer } from '../dealer/dealer.ts'
import { addCounters, newOutboxCounters, type OutboxCounters } from '../outbox/outbox-counters.ts'
import { type Access, undecided, type Verdict } from './access.ts'
import { MetaApi } from './meta-api.ts'
import { MetaEvents } from './meta-events.ts'
import type { Profile } from './profile.ts'
import type { RealmLimits } from './realm-limits.ts'
import { RightsCheck, type TakenRights } from './rights-check.ts'
import { Session } from './session.ts'
import type { SessionHome } from './session-home.ts'
import { sessionDetails } from './session-procedures.ts'
import { SessionTurns } from './session-turns.ts'
import type { Testament } from './testaments.ts'
import { Timings } from './timings.ts'
import type { Trace } from './trace.ts'
import { Traffic } from './traffic.ts'

/** Everything that a realm gets from outside: time, randomness, permissions, and who is told of errors. */
export interface RealmPorts {
  readonly clock: Clock
  /** Returns the time of day in milliseconds since 1970. */
  today(): number
  /** Returns a random id: an integer from 1 to 2^53, each as likely as any other. */
  randomId(): Id
  readonly access: Access
  /** The turns of sessions, which the realms of one event loop share. Default: those of this realm alone. */
  readonly turns?: SessionTurns
  /** Takes note that a session is over. */
  left?(session: Id): void
  /** Returns the sessions that have lost their transport, and wait for another one. */
  detached?(): { readonly size: number; has(session: Id): boolean }
  /** Takes note that the client of a session has logged out, or was: it has to prove itself anew. */
  loggedOut?(session: Id): void
  /** Takes what `access` has thrown. */
  onError(error: Error): void
}

/** The settings of a realm. */
export interface RealmSettings {
  readonly name: Uri
  /** The name and version of the router, as WELCOME tells it. */
  readonly agent: string
  readonly limits: RealmLimits
  /** Topics and patterns whose last events are kept. */
  readonly history?: readonly HistoryRule[] | undefined
}

/** The settings of a realm that can change while it is in use. */
export interface RealmChanges {
  /** The most sessions at once. */
  readonly maxSessions?: number | undefined
  /** Whether publishers wait where all receivers of an event are full. */
  readonly holdPublishers?: boolean | undefined
  /** Topics and patterns whose last events are kept. */
  readonly history?: readonly HistoryRule[] | undefined
}

/** One realm: its sessions, its broker, its dealer, and the meta API. */
export class Realm implements SessionHome {
  readonly name: Uri
  readonly agent: string
  readonly clock: Clock
  readonly access: Access
  readonly turns: SessionTurns
  readonly broker: Broker
  readonly dealer: Dealer
  readonly meta: MetaApi
  readonly sessions: Map<Id, Session> = new Map()
  /** The messages of all sessions that it has had, for metrics. */
  readonly traffic: Traffic = new Traffic()
  readonly traces: Set<Trace> = new Set()
  #limits: RealmLimits
  #timings: Timings | undefined
  readonly #ports: RealmPorts
  /** The last check of rights, which may go on. */
  #rights: RightsCheck | undefined
  /** The counters of sessions that are over. */
  readonly #counters: OutboxCounters = newOutboxCounters()
  /** The most octets that have waited for one of those sessions. */
  #highestOutbox = 0
  #lastSubscription: Id = 0
  #lastRegistration: Id = 0

  constructor({ name, agent, limits, history }: RealmSettings, ports: RealmPorts) {
    this.name = name
    this.agent = agent
    this.#limits = limits
    this.clock = ports.clock
    this.access = ports.access
    this.turns = ports.turns ?? new SessionTurns(ports.clock)
    this.#ports = ports
    const events = new MetaEvents()
    const today = (): number => ports.today()
    const { access } = ports
    this.broker = new Broker(
      limits,
      {
        randomId: () => ports.randomId(),
        subscriptionId: () => ++this.#lastSubscription,
        today,
        mayReceive: access.mayReceive === undefined ? undefined : (party, topic) => access.mayReceive!(party, topic),
        events,
      },
      history,
    )
    this.dealer = new Dealer(limits, {
      clock: ports.clock,
      random: below => Math.floor((ports.randomId() / 2 ** 53) * below) % below,
      registrationId: () => ++this.#lastRegistration,
      today,
      events,
    })
    events.publishOn(this.broker)
    this.meta = new MetaApi(this)
  }

  get limits(): RealmLimits {
    return this.#limits
  }

  /** Changes settings while the realm is in use; those that are left out stay. Sessions above a new limit stay too. */
  change({ maxSessions, holdPublishers, history }: RealmChanges): void {
    if (maxSessions !== undefined) this.#limits = { ...this.#limits, maxSessions }
    if (holdPublishers !== undefined) {
      this.#limits = { ...this.#limits, holdPublishers }
      this.broker.holdPublishers(holdPublishers)
    }
    if (history !== undefined) this.broker.keepHistory(history)
  }

  /**
   * Takes away what goes on by rights that are gone, after the rules have changed (decision 160). `whyItEnds` returns the reason why a session may not stay.
   * Resolves with what was taken away; at the latest when the rules have changed again. Never rejects.
   */
  checkRights(whyItEnds: (session: Session) => string | undefined): Promise<TakenRights> {
    this.#rights?.stop()
    this.#rights = new RightsCheck(this, whyItEnds)
    return this.#rights.run()
  }

  /** Whether it has as many sessions as it may. */
  get isFull(): boolean {
    return this.sessions.size >= this.limits.maxSessions
  }

  get timings(): Timings | undefined {
    return this.#timings
  }

  /** Measures from now on how long some of its messages take (decision 130). Returns the durations up to now. */
  measured(): Timings {
    this.#timings ??= new Timings(() => (this.#ports.randomId() - 1) / 2 ** 53)
    return this.#timings
  }

  /** Returns an id that no session of this realm has. */
  newSessionId(): Id {
    let id = this.#ports.randomId()
    while (this.sessions.has(id)) id = this.#ports.randomId()
    return id
  }

  /**
   * Makes a session of a client that has proved who it is, and sends it WELCOME. It takes the events of the transport from now on. `resumption`:
   * further attributes of WELCOME.
   */
  join(transport: MessageTransport, profile: Profile, resumption?: Dict): Session {
    const session = new Session(transport, profile, this)
    this.sessions.set(session.id, session)
    session.welcome(resumption)
    this.broker.publishOwn('wamp.session.on_join', [sessionDetails(session)])
    return session
  }

  left(session: Session, isTold: boolean): void {
    if (this.sessions.get(session.id) !== session) return
    this.sessions.delete(session.id)
    this.#ports.left?.(session.id)
    addCounters(this.#counters, session.outbox.counters)
    this.#highestOutbox = Math.max(this.#highestOutbox, session.outbox.highestOctets)
    session.caller?.leave()
    session.endTaps()
    if (session.callee !== undefined) this.dealer.leave(session.callee, isTold)
    if (session.subscriber !== undefined) this.broker.leave(session.subscriber, isTold)
    if (this.sessions.size === 0) this.dealer.rest()
    if (!isTold) return
    for (const testament of session.testaments.takeAll()) this.#execute(session, testament)
    this.broker.publishOwn('wamp.session.on_leave', [session.id, session.authid, session.authrole])
  }

  makeWay(newcomer: Session, [, , { match = 'exact', invoke = 'single' }, uri]: Register): void {
    const detached = this.#ports.detached?.()
    if (detached === undefined || detached.size === 0) return
    const existing = this.dealer.find(match, uri)
    if (existing === undefined || (invoke === existing.invoke && invoke !== 'single')) return
    for (const { callee } of [...existing.assignments]) {
      const session = this.sessions.get(callee.id)
      if (session === undefined || session === newcomer || session.authid !== newcomer.authid) continue
      if (detached.has(session.id)) session.outlived()
    }
  }

  loggedOut(session: Session): void {
    this.#ports.loggedOut?.(session.id)
  }

  /** Publishes what a session has left for the loss of its transport. The session stays, and may come back. */
  detached(id: Id): void {
    const session = this.sessions.get(id)
    for (const testament of session?.testaments.takeDetached() ?? []) this.#execute(session!, testament)
  }

  /** Ends all sessions by GOODBYE. `retryAfter` returns the milliseconds that each is told to wait before it comes back; by default nothing is told. */
  dismissAll(reason: Uri = CloseReason.closeRealm, message?: string, retryAfter?: () => number): void {
    for (const session of [...this.sessions.values()]) session.dismiss(reason, message, false, retryAfter?.())
  }

  /** Adds up the counters of all sessions that the realm has had. */
  totals(): OutboxCounters {
    const totals = newOutboxCounters()
    addCounters(totals, this.#counters)
    for (const { outbox } of this.sessions.values()) addCounters(totals, outbox.counters)
    return totals
  }

  /** Returns the numbers of messages that did not reach a session, by reason. */
  drops(): Readonly<Record<string, number>> {
    const { droppedEvents, oversizedEvents, refusedMessages } = this.totals()
    return {
      event_outbox_full: droppedEvents,
      event_too_large: oversizedEvents,
      event_too_many_matches: this.broker.skippedDeliveries,
      call_outbox_full: refusedMessages,
      call_too_large: this.traffic.oversized,
      session_outbox_full: this.traffic.overflows,
    }
  }

  today(): number {
    return this.#ports.today()
  }

  /** Adds up what waits now for sessions that do not read. */
  waiting(what: 'octets' | 'messages'): number {
    let sum = 0
    for (const { outbox } of this.sessions.values()) sum += outbox[what]
    return sum
  }

  /** Returns the most octets that have waited for one session at one time, of all sessions that the realm has had. */
  highestOutbox(): number {
    let highest = this.#highestOutbox
    for (const { outbox } of this.sessions.values()) highest = Math.max(highest, outbox.highestOctets)
    return highest
  }

  onError(error: Error): void {
    this.#ports.onError(error)
  }

  /** Publishes a testament, where its session would be allowed to do so now. */
  #execute(session: Session, testament: Testament): void {
    const verdict = this.#mayPublish(session, testament.topic)
    if (!isPromise(verdict)) return this.#publish(session, testament, verdict)
    verdict.then(
      given => this.#publish(session, testament, given),
      error => this.onError(asError(error)),
    )
  }

  #mayPublish(session: Session, topic: Uri): Verdict | Promise<Verdict> {
    try {
      return this.access.mayDo(session, 'publish', topic, 'exact')
    } catch (error) {
      this.onError(asError(error))
      return undecided
    }
  }

  #publish(session: Session, { topic, options, payload }: Testament, { allow, disclose }: Verdict): void {
    if (allow) this.broker.publish(session, topic, options, payload, disclose || options.disclose_me === true)
  }
}
