import type { AbortDetails, Uri } from '../messages/message.ts'
import type { Payload } from '../messages/payload.ts'
import { retryAfterOf } from './retry-after.ts'
import { WampError } from './wamp-error.ts'

/** The router has refused to open a session, with ABORT. `uri` is the reason, such as `wamp.error.no_such_realm`. */
export class JoinRefused extends WampError {
  override readonly name = 'JoinRefused'
  override readonly code: 'ERR_WAMP_JOIN_REFUSED' = 'ERR_WAMP_JOIN_REFUSED'
  readonly details: AbortDetails

  constructor(uri: Uri, details: AbortDetails, payload: Payload | undefined) {
    const message = typeof details.message === 'string' && details.message !== '' ? `${details.message} (${uri})` : uri
    super(uri, payload?.args, payload?.kwargs, { message: `the router refused the session: ${message}` })
    this.details = details
  }

  /** Milliseconds that the router has asked to wait before the next try; 0 where it has not. */
  get retryAfter(): number {
    return retryAfterOf(this.details)
  }
}
