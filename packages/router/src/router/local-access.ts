import type { MatchPolicy, Uri } from '@autobahn-ts/wamp/protocol'
import { isPromise } from '@autobahn-ts/websocket/portable'
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
    if (this.#locals.has(party)) return fullAccess.mayDo(party, action, uri, match)
    const asked = this.#access
    const verdict = asked.mayDo(party, action, uri, match)
    return isPromise(verdict) ? this.#asOfNow(verdict, asked, () => this.mayDo(party, action, uri, match)) : verdict
  }

  /** Asks again where the rules were replaced while the answer was awaited: it may have allowed what is not allowed now. */
  async #asOfNow(verdict: Promise<Verdict>, asked: Access, askAgain: () => Verdict | Promise<Verdict>): Promise<Verdict> {
    try {
      const given = await verdict
      if (this.#access === asked) return given
    } catch (error) {
      if (this.#access === asked) throw error
    }
    return askAgain()
  }

  mayReceive(party: Party, topic: Uri): boolean {
    return this.#access.mayReceive === undefined || this.#locals.has(party) || this.#access.mayReceive(party, topic)
  }
}
