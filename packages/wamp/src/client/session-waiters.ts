import { type Clock, whenAborted } from '@autobahn-ts/websocket/portable'
import type { Session } from '../session/session.ts'
import { SessionClosed } from '../session/session-closed.ts'

/** The requests of a client that wait for a session. */
export class SessionWaiters {
  readonly #clock: Clock
  readonly #all = new Set<Waiter>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Resolves with the next session. Rejects with `SessionClosed` where there is none within the milliseconds, and with the reason of the signal.
   * `what` names the request.
   */
  wait(what: string, milliseconds: number, signal: AbortSignal | undefined): Promise<Session> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason)
      const settled = (): void => {
        this.#all.delete(waiter)
        timer.cancel()
        offAbort?.()
      }
      const waiter: Waiter = {
        what,
        joined: session => {
          settled()
          resolve(session)
        },
        failed: error => {
          settled()
          reject(error)
        },
      }
      const late = (): void =>
        waiter.failed(new SessionClosed(`${what} was not sent: there was no session within ${milliseconds} ms`, false))
      const timer = this.#clock.schedule(late, milliseconds)
      const offAbort = signal === undefined ? undefined : whenAborted(signal, () => waiter.failed(signal.reason))
      this.#all.add(waiter)
    })
  }

  joined(session: Session): void {
    for (const waiter of [...this.#all]) waiter.joined(session)
  }

  /** Rejects all of them: there will be no session. */
  over(): void {
    for (const { what, failed } of [...this.#all]) failed(new SessionClosed(`${what} was not sent: the client is closed`, false))
  }
}

interface Waiter {
  readonly what: string
  joined(session: Session): void
  failed(error: unknown): void
}
