import { ErrorUri, type TransportListener } from '@autobahn-ts/wamp/protocol'
import type { Method } from '../auth/method.ts'
import type { Newcomer, RealmDoor, Refusal } from '../join/realm-door.ts'
import type { Realm } from '../realm/realm.ts'

/** The way into a realm. */
export class RealmEntrance implements RealmDoor {
  readonly methods: ReadonlyMap<string, Method>
  readonly #realm: Realm

  constructor(realm: Realm, methods: ReadonlyMap<string, Method>) {
    this.#realm = realm
    this.methods = methods
  }

  refusal(): Refusal | undefined {
    if (!this.#realm.isFull) return undefined
    return { reason: ErrorUri.unavailable, message: `the realm has as many sessions as it may: ${this.#realm.limits.maxSessions}` }
  }

  admit({ transport, session, principal, authmethod, hello }: Newcomer): TransportListener {
    const { authid, authrole, authprovider, authextra } = principal
    return this.#realm.join(transport, { session, authid, authrole, authmethod, authprovider, authextra, roles: hello.roles })
  }
}
