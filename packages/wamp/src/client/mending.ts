import { ApiMisuse, type Failure, HandshakeFailed, isMendable } from '@autobahn-ts/websocket/portable'
import { canonicalUri } from '../messages/canonical-uri.ts'
import type { Uri } from '../messages/message.ts'
import { JoinRefused } from '../session/join-refused.ts'

/**
 * Tells whether another try may help after the loss of a session or a failed try. It cannot after `ApiMisuse`, which is a bug in the application, after
 * an HTTP refusal that would be repeated, and after an ABORT that says that this client is not wanted.
 */
export function isWorthRetrying({ code, reason, cause }: Failure): boolean {
  if (cause instanceof ApiMisuse) return false
  if (cause instanceof JoinRefused) return !final.has(canonicalUri(cause.uri))
  return cause instanceof HandshakeFailed ? isMendable({ code, reason, cause }) : true
}

const final: ReadonlySet<Uri> = new Set(
  [
    'no_such_realm',
    'no_such_role',
    'no_such_principal',
    'not_authorized',
    'no_matching_auth_method',
    'authentication_denied',
    'authentication_failed',
    'authentication_required',
    'protocol_violation',
  ].map(name => `wamp.error.${name}`),
)
