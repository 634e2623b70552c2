import type { MatchPolicy, Uri } from '@autobahn-ts/wamp/protocol'
import { type Permission, Permissions } from '../auth/permissions.ts'
import type { Party } from '../parties/party.ts'
import type { Access, Action, Verdict } from '../realm/access.ts'

/** Decides by the permissions of roles. A role that has none may do nothing. */
export class RoleAccess implements Access {
  readonly #roles: ReadonlyMap<string, Permissions>

  /** Throws `ApiMisuse` for two permissions of one pattern. */
  constructor(roles: Readonly<Record<string, readonly Permission[]>>) {
    this.#roles = new Map(Object.entries(roles).map(([name, permissions]) => [name, new Permissions(permissions)]))
  }

  mayDo({ authrole }: Party, action: Action, uri: Uri, match: MatchPolicy): Verdict {
    return this.#roles.get(authrole)?.decidePattern(action, uri, match) ?? denied
  }

  /** Applies a denial to each event that a pattern has let in. */
  mayReceive({ authrole }: Party, topic: Uri): boolean {
    return this.#roles.get(authrole)?.decide('subscribe', topic).allow === true
  }
}

const denied: Verdict = { allow: false, disclose: false }
