import {
  ErrorUri,
  type HelloDetails,
  type Id,
  MessageTooLarge,
  type MessageTransport,
  type TransportListener,
  type Uri,
} from '@autobahn-ts/wamp/protocol'
import { CookieMethod } from '../auth/cookie-method.ts'
import type { LocalPrincipal, Method, Principal } from '../auth/method.ts'
import type { Newcomer, RealmDoor, Refusal, Resumable, ResumeClaim } from '../join/realm-door.ts'
import type { Access } from '../realm/access.ts'
import type { Realm } from '../realm/realm.ts'
import type { TakenRights } from '../realm/rights-check.ts'
import type { Session } from '../realm/session.ts'
import { welcome } from '../realm/welcome.ts'
import type { ResumableSession } from '../resumption/resumable-session.ts'
import type { ResumableSessions } from '../resumption/resumable-sessions.ts'
import type { ResumptionSettings } from '../resumption/resumption-options.ts'
import type { LocalAccess } from './local-access.ts'

/** The rules by which a realm admits clients. */
export interface EntranceRules {
  /** The methods of authentication, by name. */
  readonly methods: ReadonlyMap<string, Method>
  /** The roles of links to other routers. */
  readonly linkRoles: ReadonlySet<string>
  /** The roles whose payloads are not checked until somebody reads them. Default: none. */
  readonly trustedRoles?: ReadonlySet<string>
  /** The levels of trust, by role. Default: none. */
  readonly trustLevels?: ReadonlyMap<string, number>
}

/** Admits clients to one realm: has its methods of authentication, its bound of sessions, and the sessions that can be resumed. */
export class RealmEntrance implements RealmDoor {
  #methods: ReadonlyMap<string, Method>
  #linkRoles: ReadonlySet<string>
  #trustedRoles: ReadonlySet<string>
  #trustLevels: ReadonlyMap<string, number>
  readonly #realm: Realm
  readonly #access: LocalAccess
  readonly #resumables: ResumableSessions | undefined
  /** The cookies of the clients of sessions. */
  readonly #cookies = new Map<Id, string>()
  /** The facts by which clients have joined, by session; those of the application in this process have none. */
  readonly #proofs = new Map<Id, Proof>()

  /** `resumables`: the sessions that can be resumed. Default: none can. */
  constructor(
    realm: Realm,
    access: LocalAccess,
    { methods, linkRoles, trustedRoles = nobody, trustLevels = noLevels }: EntranceRules,
    resumables?: ResumableSessions,
  ) {
    this.#realm = realm
    this.#resumables = resumables
    this.#access = access
    this.#methods = methods
    this.#linkRoles = linkRoles
    this.#trustedRoles = trustedRoles
    this.#trustLevels = trustLevels
  }

  get methods(): ReadonlyMap<string, Method> {
    return this.#methods
  }

  /**
   * Replaces who may join and who may do what. Sessions stay, except those of users who are gone, or have another credential or role; so do their subscriptions
   * and registrations, as far as the new rules allow them (decision 160). Resolves with what was taken away.
   */
  update({ methods, linkRoles, trustedRoles = nobody, trustLevels = noLevels }: EntranceRules, access: Access): Promise<TakenRights> {
    this.#methods = methods
    this.#linkRoles = linkRoles
    this.#trustedRoles = trustedRoles
    this.#trustLevels = trustLevels
    this.#access.replace(access)
    for (const session of this.#realm.sessions.values())
      if (this.#proofs.has(session.id)) session.standsAs(linkRoles.has(session.authrole), trustLevels.get(session.authrole))
    return this.#realm.checkRights(session => this.#whyItEnds(session))
  }

  /** Replaces the bounds within which sessions are resumed; `undefined`: none are. */
  changeResumption(settings: ResumptionSettings | undefined): void {
    this.#resumables?.change(settings)
  }

  refusal(newcomer?: Newcomer): Refusal | undefined {
    // the rules may have changed since the client has proved itself
    if (newcomer !== undefined && !this.#mayJoin(newcomer)) return noLongerKnown
    if (this.#makesRoom()) return undefined
    return { reason: ErrorUri.unavailable, message: `the realm has as many sessions as it may: ${this.#realm.limits.maxSessions}` }
  }

  resumable(claim: ResumeClaim): Resumable | undefined {
    const found = this.#resumables?.find(claim)
    const profile = this.#realm.sessions.get(claim.session)?.profile
    if (found === undefined || profile === undefined) return undefined
    const { authid, authrole } = profile
    return { principal: { authid, authrole }, resume: (transport, received) => this.#resume(found, transport, received) }
  }

  admit(newcomer: Newcomer): TransportListener {
    this.#remember(newcomer)
    const { transport, session, principal, authmethod, isLocal, hello } = newcomer
    const { authid, authrole, authprovider, authextra } = principal
    if (this.#trustedRoles.has(authrole)) transport.trustPayloads?.()
    const isLink = isLocal ? (principal as LocalPrincipal).isLink === true : this.#linkRoles.has(authrole)
    if (!isLocal) this.#proofs.set(session, this.#proofOf(newcomer))
    const { roles } = hello
    const trustLevel = this.#trustLevels.get(authrole)
    const profile = { session, authid, authrole, authmethod, authprovider, authextra, roles, isLink, trustLevel }
    if (this.#resumables?.isOffered !== true || isLocal || !countsMessages(hello)) {
      const joined = this.#realm.join(transport, profile)
      if (isLocal) this.#access.allow(joined)
      return joined
    }
    const resumable = this.#resumables.begin(transport, { session, authid })
    const joined = this.#realm.join(resumable.transport, profile, { ...resumable.announcement(false) })
    return resumable.transport.adopt(joined)
  }

  /** A session is over. */
  left(session: Id): void {
    this.#cookies.delete(session)
    this.#proofs.delete(session)
    this.#resumables?.left(session)
  }

  /** Returns the name of the cookie by which the client of a session can join again. */
  cookieOf(session: Id): string | undefined {
    return this.#cookies.get(session)
  }

  /**
   * Makes room for one more session: a client that is there goes before those that may not come back. Of these as many end as are too many, also where the limit
   * was lowered; none where that would not be enough.
   */
  #makesRoom(): boolean {
    const { sessions, limits } = this.#realm
    const excess = sessions.size + 1 - limits.maxSessions
    if (excess > (this.#resumables?.detachedSize ?? 0)) return false
    for (let n = 0; n < excess; n++) sessions.get(this.#resumables!.oldestDetached!)?.outlived()
    return true
  }

  #proofOf({ authmethod, proved, principal, session }: Newcomer): Proof {
    const isTrusted = this.#trustedRoles.has(principal.authrole)
    return { authmethod: this.#originOf(authmethod, this.#cookies.get(session), this.#realm.name), proved, isTrusted }
  }

  #mayJoin({ authmethod, proved, isLocal, transport, realm }: Newcomer): boolean {
    if (isLocal) return true
    const { known } = transport.details.cookie ?? {}
    return this.#methods.get(this.#originOf(authmethod, known, realm))?.knows(proved) === true
  }

  /** Returns the method by which a client has proved itself, also where it has joined by its cookie. */
  #originOf(authmethod: string, cookie: string | undefined, realm: Uri): string {
    const method = this.#methods.get('cookie')
    if (authmethod !== 'cookie' || cookie === undefined || !(method instanceof CookieMethod)) return authmethod
    return method.methodOf(cookie, realm) ?? authmethod
  }

  /** Returns the reason why a session may not stay; `undefined` where it may. */
  #whyItEnds({ id, authrole }: Session): string | undefined {
    const proof = this.#proofs.get(id)
    // without a credential there is none that was taken away: the permissions of the role decide
    if (proof === undefined || proof.authmethod === 'anonymous') return undefined
    if (this.#methods.get(proof.authmethod)?.knows(proof.proved) !== true) return 'the user is gone, or has another credential or role'
    return proof.isTrusted && !this.#trustedRoles.has(authrole) ? 'payloads of the role are checked from now on' : undefined
  }

  #remember({ transport, realm, session, authmethod, proved }: Newcomer): void {
    const method = this.#methods.get('cookie')
    if (!(method instanceof CookieMethod)) return
    const cookie = method.joined({ realm, transport: transport.details }, authmethod, proved)
    if (cookie !== undefined) this.#cookies.set(session, cookie)
  }

  #resume(session: ResumableSession, transport: MessageTransport, received: number): TransportListener | undefined {
    const joined = this.#realm.sessions.get(session.facts.session)
    if (joined === undefined) return undefined
    if (!session.transport.mayGoOn(transport, received)) {
      // the client begins a new session, which finds nothing of this one in its way
      joined.outlived()
      return undefined
    }
    if (this.#trustedRoles.has(joined.profile.authrole)) transport.trustPayloads?.()
    const details = { ...session.announcement(true) }
    const first = welcome(this.#realm.name, this.#realm.agent, joined.profile, details)
    try {
      const listener = session.transport.goOn(transport, received, first)
      session.goesOn()
      return listener
    } catch (error) {
      if (!(error instanceof MessageTooLarge)) throw error
      return undefined
    }
  }
}

/** The facts by which a client has joined. */
interface Proof {
  /** The method by which it has proved itself. */
  readonly authmethod: string
  /** The one that it has proved to be. */
  readonly proved: Principal
  /** Whether its payloads are handed on without a check. */
  readonly isTrusted: boolean
}

const noLongerKnown: Refusal = {
  reason: ErrorUri.authenticationFailed,
  message: 'the name or the answer to the challenge is wrong',
}
const nobody: ReadonlySet<string> = new Set()
const noLevels: ReadonlyMap<string, number> = new Map()

/** Whether a client can tell how many messages it has received, without which nobody knows what it has missed. */
function countsMessages({ resumable, _received }: HelloDetails & { readonly _received?: unknown }): boolean {
  return resumable === true && _received === 0
}
