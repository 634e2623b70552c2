import { CloseReason, ErrorUri, type MatchPolicy, type Uri } from '@autobahn-ts/wamp/protocol'
import { asError, type Clock, isPromise } from '@autobahn-ts/websocket/portable'
import type { Broker } from '../broker/broker.ts'
import type { Dealer } from '../dealer/dealer.ts'
import type { Access, Action } from './access.ts'
import type { Session } from './session.ts'

/** A realm whose rules have changed. */
export interface CheckedRealm {
  readonly sessions: ReadonlyMap<number, Session>
  readonly broker: Broker
  readonly dealer: Dealer
  readonly access: Access
  readonly clock: Clock
  /** Takes note that the client of a session has to prove itself anew. */
  loggedOut(session: Session): void
  /** Takes what `access` has thrown. */
  onError(error: Error): void
}

/** The numbers of what was taken away, because new rules do not allow it. */
export interface TakenRights {
  /** Sessions that were ended. */
  readonly sessions: number
  readonly subscriptions: number
  readonly registrations: number
  /** Calls with progressive results, or in several parts, that were ended; traces among them. */
  readonly calls: number
}

/**
 * Goes over the sessions of a realm whose rules have changed, and takes away what goes on by a right that is gone (decision 160): sessions, subscriptions,
 * registrations, and calls that go on in several parts.
 *
 * It begins at once, and goes on in later turns, so that others wait for a part of it alone. Permissions for which a procedure has to be asked are asked one
 * after the other; one that cannot be asked takes nothing away.
 */
export class RightsCheck {
  readonly #realm: CheckedRealm
  readonly #whyItEnds: (session: Session) => string | undefined
  readonly #taken = { sessions: 0, subscriptions: 0, registrations: 0, calls: 0 }
  #steps = 0
  #isStopped = false
  #hasFailed = false

  /** `whyItEnds` returns the reason why a session may not stay, in words. */
  constructor(realm: CheckedRealm, whyItEnds: (session: Session) => string | undefined) {
    this.#realm = realm
    this.#whyItEnds = whyItEnds
  }

  /** Resolves with what was taken away when all sessions were looked at, or when it was stopped. Never rejects. */
  async run(): Promise<TakenRights> {
    for (const session of [...this.#realm.sessions.values()]) {
      if (this.#isPauseDue()) await this.#pause()
      if (this.#isStopped) break
      if (!session.isOpen) continue
      const reason = this.#whyItEnds(session)
      if (reason === undefined) await this.#checkSession(session)
      else this.#end(session, reason)
    }
    return this.#taken
  }

  /** Ends it: the rules have changed again, and another one has begun. */
  stop(): void {
    this.#isStopped = true
  }

  #end(session: Session, reason: string): void {
    this.#realm.loggedOut(session)
    session.dismiss(CloseReason.killed, reason)
    this.#taken.sessions++
  }

  async #checkSession(session: Session): Promise<void> {
    const { broker, dealer } = this.#realm
    const { subscriber, callee, caller } = session
    for (const subscription of [...(subscriber?.subscriptions ?? [])])
      await this.#check(session, 'subscribe', subscription, () => {
        if (broker.revoke(subscriber!, subscription, ErrorUri.notAuthorized)) this.#taken.subscriptions++
      })
    for (const registration of [...(callee?.registrations ?? [])])
      await this.#check(session, 'register', registration, () => {
        if (dealer.revoke(registration, callee!, session.id, ErrorUri.notAuthorized)) this.#taken.registrations++
      })
    for (const [request, call] of [...(caller?.calls ?? [])]) {
      if (!call.goesOn) continue
      await this.#check(session, 'call', { uri: call.procedure, match: 'exact' }, () => {
        if (caller!.calls.get(request) !== call) return
        call.denied()
        this.#taken.calls++
      })
    }
  }

  /** Takes something away where its session may not have it any more. */
  async #check(session: Session, action: Action, { uri, match }: { uri: Uri; match: MatchPolicy }, take: () => void): Promise<void> {
    if (this.#isPauseDue()) await this.#pause()
    if (this.#isStopped || !session.isOpen) return
    try {
      const asked = this.#realm.access.mayDo(session, action, uri, match)
      const verdict = isPromise(asked) ? await asked : asked
      if (!verdict.allow && verdict.hasFailed !== true && !this.#isStopped && session.isOpen) take()
    } catch (error) {
      // an authorizer that is away fails each time
      if (!this.#hasFailed) this.#realm.onError(asError(error))
      this.#hasFailed = true
    }
  }

  #isPauseDue(): boolean {
    return ++this.#steps % stepsInTurn === 0
  }

  #pause(): Promise<void> {
    return new Promise(resolve => {
      this.#realm.clock.yield(resolve)
    })
  }
}

/** Checks in one turn of the event loop: about a tenth of a millisecond. */
const stepsInTurn = 200
