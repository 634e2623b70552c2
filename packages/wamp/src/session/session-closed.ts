import { ConnectionClosed } from '@autobahn-ts/websocket/portable'
import type { Uri } from '../messages/message.ts'

/** The end of a session. */
export interface SessionEnd {
  /** The reason of GOODBYE or ABORT; `undefined` where the transport was lost. */
  readonly reason: Uri | undefined
  /** One sentence without a full stop, for people. */
  readonly message: string
  /** Whether both sides said GOODBYE. */
  readonly wasClean: boolean
  /** Milliseconds that the router has asked to wait before the next session; left out where it has not. */
  readonly retryAfter?: number
}

/** The session has ended, or there is none. Everything that waits for it rejects with this error. */
export class SessionClosed extends ConnectionClosed {
  /** Whether the request was sent: the peer may have done what it was asked for, and may not. */
  readonly mayHaveRun: boolean
  /** The reason of GOODBYE or ABORT; `undefined` where the transport was lost, or where there was no session. */
  readonly reason: Uri | undefined
  /** Milliseconds that the router has asked to wait before the next session; 0 where it has not. */
  readonly retryAfter: number

  constructor(message: string, mayHaveRun: boolean, reason?: Uri, retryAfter = 0) {
    super(1006, message)
    this.mayHaveRun = mayHaveRun
    this.reason = reason
    this.retryAfter = retryAfter
  }
}

/** Makes the error of a request that waited when its session ended. `what` names the request. */
export function lostWith(end: SessionEnd, what: string): SessionClosed {
  return new SessionClosed(`${what} was in progress when the session ended: ${end.message}`, true, end.reason)
}
