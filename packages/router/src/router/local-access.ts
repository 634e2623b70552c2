import type { MatchPolicy, Uri } from '@autobahn-ts/wamp/protocol'
import type { Party } from '../parties/party.ts'
import { type Access, type Action, fullAccess, type Verdict } from '../realm/access.ts'

/** Allows everything to the sessions of the application in this process, and asks the access of the realm about all others. */
export class LocalAccess implements Access {
  #access: Access
  readonly #locals = new WeakSet<Party>()

  constructor(access: Access) {
    this.#access = access
  }

  /** Asks another access from now on. */
  replace(access: Access): void {
    this.#access = access
  }

  /** Allows everything to a session from now on. */
  allow(party: Party): void {
    this.#locals.add(party)
  }

  mayDo(party: Party, action: Action, uri: Uri, match: MatchPolicy): Verdict | Promise<Verdict> {
    return (this.#locals.has(party) ? fullAccess : this.#access).mayDo(party, action, uri, match)
  }

  mayReceive(party: Party, topic: Uri): boolean {
    return this.#access.mayReceive === undefined || this.#locals.has(party) || this.#access.mayReceive(party, topic)
  }
}
