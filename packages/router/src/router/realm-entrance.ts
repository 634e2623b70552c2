import { ErrorUri, type TransportListener } from '@autobahn-ts/wamp/protocol'
import type { LocalPrincipal, Method } from '../auth/method.ts'
import type { Newcomer, RealmDoor, Refusal } from '../join/realm-door.ts'
import type { Access } from '../realm/access.ts'
import type { Realm } from '../realm/realm.ts'
import type { LocalAccess } from './local-access.ts'

/** The rules of the way into a realm. */
export interface EntranceRules {
  /** The methods of authentication, by name. */
  readonly methods: ReadonlyMap<string, Method>
  /** The roles of links to other routers. */
  readonly linkRoles: ReadonlySet<string>
}

/** The way into a realm. */
export class RealmEntrance implements RealmDoor {
  #methods: ReadonlyMap<string, Method>
  #linkRoles: ReadonlySet<string>
  readonly #realm: Realm
  readonly #access: LocalAccess

  constructor(realm: Realm, access: LocalAccess, { methods, linkRoles }: EntranceRules) {
    this.#realm = realm
    this.#access = access
    this.#methods = methods
    this.#linkRoles = linkRoles
  }

  get methods(): ReadonlyMap<string, Method> {
    return this.#methods
  }

  /** Replaces who may join and who may do what. Sessions that are there stay. */
  update({ methods, linkRoles }: EntranceRules, access: Access): void {
    this.#methods = methods
    this.#linkRoles = linkRoles
    this.#access.replace(access)
  }

  refusal(): Refusal | undefined {
    if (!this.#realm.isFull) return undefined
    return { reason: ErrorUri.unavailable, message: `the realm has as many sessions as it may: ${this.#realm.limits.maxSessions}` }
  }

  admit({ transport, session, principal, authmethod, isLocal, hello }: Newcomer): TransportListener {
    const { authid, authrole, authprovider, authextra } = principal
    const isLink = isLocal ? (principal as LocalPrincipal).isLink === true : this.#linkRoles.has(authrole)
    const { roles } = hello
    const joined = this.#realm.join(transport, { session, authid, authrole, authmethod, authprovider, authextra, roles, isLink })
    if (isLocal) this.#access.allow(joined)
    return joined
  }
}
