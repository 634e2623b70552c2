import type { Failure, Replaceable } from '@autobahn-ts/websocket/portable'
import type { Uri } from '../messages/message.ts'
import type { Session } from '../session/session.ts'
import { SessionClosed } from '../session/session-closed.ts'

/** One session of a client, as its `Redialer` sees it: a connection that may be lost and replaced. */
export class Line implements Replaceable {
  readonly session: Session
  readonly #farewell: () => { readonly reason?: Uri; readonly message?: string }

  /** `farewell` returns the reason of GOODBYE, where the client has one. */
  constructor(session: Session, farewell: () => { readonly reason?: Uri; readonly message?: string }) {
    this.session = session
    this.#farewell = farewell
  }

  get isOpen(): boolean {
    return this.session.isOpen
  }

  get closed(): Promise<Failure> {
    return this.session.closed.then(({ reason, message, retryAfter }) => ({
      code: 1006,
      reason: message,
      cause: new SessionClosed(message, false, reason, retryAfter),
    }))
  }

  sendClose(): void {
    const { reason, message } = this.#farewell()
    void this.session.leave(reason, message)
  }
}
