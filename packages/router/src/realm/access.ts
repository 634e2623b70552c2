import { isReservedUri, type MatchPolicy, type Uri } from '@autobahn-ts/wamp/protocol'
import type { Party } from '../parties/party.ts'

/** The actions that need a permission. */
export type Action = 'call' | 'register' | 'publish' | 'subscribe'

/** The answer to the question whether a session may do something. */
export interface Verdict {
  readonly allow: boolean
  /** Whether the receiver is told who called or published, without being asked. */
  readonly disclose: boolean
  /** Whether `force_reregister` may take over registrations of any session. */
  readonly force?: boolean
  /** Whether the question could not be answered; it is then denied with `wamp.error.authorization_failed`. */
  readonly hasFailed?: boolean
}

/** The port to authorisation. */
export interface Access {
  /**
   * Tells whether a session may do something with a URI or pattern. A pattern may be allowed only where every URI that it matches is. While a
   * promise is not settled, later messages of the session wait; a promise that rejects, or is not settled within 30 seconds, denies.
   */
  mayDo(party: Party, action: Action, uri: Uri, match: MatchPolicy): Verdict | Promise<Verdict>
  /** Whether a session may have the events of a topic that a pattern of it matches; asked for each event. Default: all of them. */
  mayReceive?(party: Party, topic: Uri): boolean
}

/** Allows everything in the names of applications, and of the router's names what everybody may. The default of a realm. */
export const applicationAccess: Access = {
  mayDo: (_party, action, uri) => (isReservedUri(uri) ? reservedVerdict(action, uri) : allowed),
}

/** Allows everything: for sessions of the operator, and for tests. */
export const fullAccess: Access = { mayDo: () => forced }

function reservedVerdict(action: Action, uri: Uri): Verdict {
  return action === 'call' && openProcedures.has(uri) ? allowed : denied
}

const openProcedures: ReadonlySet<Uri> = new Set(['wamp.session.count', 'wamp.session.add_testament', 'wamp.session.flush_testaments'])

const allowed: Verdict = { allow: true, disclose: false }
const forced: Verdict = { allow: true, disclose: false, force: true }
const denied: Verdict = { allow: false, disclose: false }
/** The verdict on a request where the check of the permission itself has failed. */
export const undecided: Verdict = { allow: false, disclose: false, hasFailed: true }
