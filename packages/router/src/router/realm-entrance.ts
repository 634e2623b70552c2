import { ErrorUri, type TransportListener } from '@autobahn-ts/wamp/protocol'
import type { Method } from '../auth/method.ts'
import type { Newcomer, RealmDoor, Refusal } from '../join/realm-door.ts'
import type { Access } from '../realm/access.ts'
import type { Realm } from '../realm/realm.ts'
import type { LocalAccess } from './local-access.ts'

/** The way into a realm. */
export class RealmEntrance implements RealmDoor {
  #methods: ReadonlyMap<string, Method>
  readonly #realm: Realm
  readonly #access: LocalAccess

  constructor(realm: Realm, methods: ReadonlyMap<string, Method>, access: LocalAccess) {
    this.#realm = realm
    this.#access = access
    this.#methods = methods
  }

  get methods(): ReadonlyMap<string, Method> {
    return this.#methods
  }

  /** Replaces who may join and who may do what. Sessions that are there stay. */
  update(methods: ReadonlyMap<string, Method>, access: Access): void {
    this.#methods = methods
    this.#access.replace(access)
  }

  refusal(): Refusal | undefined {
    if (!this.#realm.isFull) return undefined
    return { reason: ErrorUri.unavailable, message: `the realm has as many sessions as it may: ${this.#realm.limits.maxSessions}` }
  }

  admit({ transport, session, principal, authmethod, isLocal, hello }: Newcomer): TransportListener {
    const { authid, authrole, authprovider, authextra } = principal
    const joined = this.#realm.join(transport, { session, authid, authrole, authmethod, authprovider, authextra, roles: hello.roles })
    if (isLocal) this.#access.allow(joined)
    return joined
  }
}
