import {
  ErrorUri,
  type HelloDetails,
  type Id,
  MessageTooLarge,
  type MessageTransport,
  type TransportListener,
} from '@autobahn-ts/wamp/protocol'
import { CookieMethod } from '../auth/cookie-method.ts'
import type { LocalPrincipal, Method } from '../auth/method.ts'
import type { Newcomer, RealmDoor, Refusal, Resumable, ResumeClaim } from '../join/realm-door.ts'
import type { Access } from '../realm/access.ts'
import type { Realm } from '../realm/realm.ts'
import { welcome } from '../realm/welcome.ts'
import type { ResumableSession } from '../resumption/resumable-session.ts'
import type { ResumableSessions } from '../resumption/resumable-sessions.ts'
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

  /** `resumables`: the sessions that can be resumed, in a realm that offers it. */
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

  /** Replaces who may join and who may do what. Sessions that are there stay. */
  update({ methods, linkRoles, trustedRoles = nobody, trustLevels = noLevels }: EntranceRules, access: Access): void {
    this.#methods = methods
    this.#linkRoles = linkRoles
    this.#trustedRoles = trustedRoles
    this.#trustLevels = trustLevels
    this.#access.replace(access)
  }

  refusal(): Refusal | undefined {
    // a client that is there goes before one that may not come back
    if (!this.#realm.isFull || this.#resumables?.dropOldest() === true) return undefined
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
    const { roles } = hello
    const trustLevel = this.#trustLevels.get(authrole)
    const profile = { session, authid, authrole, authmethod, authprovider, authextra, roles, isLink, trustLevel }
    if (this.#resumables === undefined || isLocal || !countsMessages(hello)) {
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
    this.#resumables?.left(session)
  }

  /** Returns the name of the cookie by which the client of a session can join again. */
  cookieOf(session: Id): string | undefined {
    return this.#cookies.get(session)
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

const nobody: ReadonlySet<string> = new Set()
const noLevels: ReadonlyMap<string, number> = new Map()

/** Whether a client can tell how many messages it has received, without which nobody knows what it has missed. */
function countsMessages({ resumable, _received }: HelloDetails & { readonly _received?: unknown }): boolean {
  return resumable === true && _received === 0
}
