import type { Timer } from '@autobahn-ts/websocket/portable'
import type { Call, Id, Publish, Register, Subscribe, Unregister, Unsubscribe, Uri } from '../messages/message.ts'
import { CALL } from '../messages/message-codes.ts'
import type { Payload } from '../messages/payload.ts'
import { ProtocolViolation } from '../messages/protocol-violation.ts'
import { lostWith, type SessionEnd } from './session-closed.ts'
import type { SessionLink } from './session-link.ts'
import { errorOf, WampError } from './wamp-error.ts'

/** A request that waits for its answer. */
export interface Waiting<Answer> {
  /** The code of its message. */
  readonly code: number
  /** The request in words, such as `SUBSCRIBE com.example`. */
  readonly what: string
  /** Takes the part of the answer that concerns the request. */
  answered(answer: Answer): void
  failed(error: unknown): void
  /** Stops what waits with it. It is called before either of both. */
  stop(): void
}

/** Called with the reason where a router takes back a registration or a subscription. */
export type Revoked = (reason: string | undefined) => void

/** The requests of a session that wait for the router: calls, and those that it answers with one message. */
export class Requests {
  readonly #link: SessionLink
  /** Milliseconds; 0 waits as long as the session lasts. */
  readonly #timeout: number
  readonly #waiting = new Map<Id, Waiting<never>>()
  /** The highest id that a call had. Ids of requests grow. */
  #lastCall: Id = 0

  /** `timeout`: milliseconds for requests that are not calls. */
  constructor(link: SessionLink, timeout: number) {
    this.#link = link
    this.#timeout = timeout
  }

  get size(): number {
    return this.#waiting.size
  }

  /**
   * Sends a request that is not a call; `what` is the request in words. `answered` gets the id in the answer, within the turn in which the answer comes, and makes
   * the result of the promise. `isLate`: the answer has come after its time, when the promise had rejected.
   */
  ask<Result>(
    what: string,
    message: Publish | Subscribe | Unsubscribe | Register | Unregister,
    answered: (id: Id, isLate: boolean) => Result,
  ): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#link.checkOpen(what)
      let isLate = false
      let timer: Timer | undefined
      if (this.#timeout > 0) {
        timer = this.#link.clock.schedule(() => {
          isLate = true
          reject(new WampError('wamp.error.timeout', [`the router did not answer ${what} within ${this.#timeout} ms`]))
        }, this.#timeout)
      }
      this.send(message, {
        code: message[0],
        what,
        answered: (id: Id) => resolve(answered(id, isLate)),
        failed: reject,
        stop: () => timer?.cancel(),
      })
    })
  }

  /** Sends a request that is noted before, because the answer may come at once. Throws what the transport throws; then it is not noted any more. */
  send(message: Call | Publish | Subscribe | Unsubscribe | Register | Unregister, waiting: Waiting<never>): void {
    const id = message[1]
    this.#waiting.set(id, waiting)
    if (message[0] === CALL) this.#lastCall = id
    try {
      this.#link.request(message, id)
    } catch (error) {
      this.remove(id)
      throw error
    }
  }

  /** Settles a request with the answer of the router. Throws `ProtocolViolation` where no request of the kind has this id. */
  answered(code: number, id: Id, answer: unknown): void {
    this.#take(code, id)?.answered(answer as never)
  }

  /** Settles a request with ERROR, as `answered` does. */
  failed(code: number, id: Id, uri: Uri, payload: Payload | undefined): void {
    this.#take(code, id)?.failed(errorOf(uri, payload))
  }

  /** Returns a request. A call that was given up may still be answered: then there is none. Throws as `answered` does. */
  find(code: number, id: Id): Waiting<never> | undefined {
    const waiting = this.#waiting.get(id)
    if (waiting?.code === code) return waiting
    if (code === CALL && id <= this.#lastCall) return undefined
    throw new ProtocolViolation(`the answer to a request with the id ${id}, which was never made`)
  }

  has(id: Id): boolean {
    return this.#waiting.has(id)
  }

  /** Takes a request out of those that wait. */
  remove(id: Id): void {
    this.#waiting.get(id)?.stop()
    this.#waiting.delete(id)
  }

  #take(code: number, id: Id): Waiting<never> | undefined {
    const waiting = this.find(code, id)
    if (waiting === undefined) return undefined
    this.#waiting.delete(id)
    waiting.stop()
    return waiting
  }

  /** Rejects everything that waits. */
  ended(end: SessionEnd): void {
    for (const [id, waiting] of [...this.#waiting]) {
      this.remove(id)
      waiting.failed(lostWith(end, waiting.what))
    }
  }
}
