import type { Timer } from '@autobahn-ts/websocket/portable'
import type { Id, Uri } from '../messages/message.ts'
import { PUBLISH, REGISTER, SUBSCRIBE, UNREGISTER, UNSUBSCRIBE } from '../messages/message-codes.ts'
import type { Payload } from '../messages/payload.ts'
import { ProtocolViolation } from '../messages/protocol-violation.ts'
import { lostWith, type SessionEnd } from './session-closed.ts'
import type { SessionLink } from './session-link.ts'
import { errorOf, WampError } from './wamp-error.ts'

type RequestType = 'PUBLISH' | 'SUBSCRIBE' | 'UNSUBSCRIBE' | 'REGISTER' | 'UNREGISTER'

/** Takes the outcome of a request, once: the id in the answer, or an error. */
export interface Asker {
  answered(id: Id): void
  failed(error: Error): void
  /** The answer has come after the asker was told of a timeout. */
  late?(id: Id): void
}

/** Called with the reason where a router takes back a registration or a subscription. */
export type Revoked = (reason: string | undefined) => void

/** The requests of a session that a router answers with one message: all but calls. */
export class Requests {
  readonly #link: SessionLink
  /** Milliseconds; 0 waits as long as the session lasts. */
  readonly #timeout: number
  readonly #waiting = new Map<Id, Waiting>()

  constructor(link: SessionLink, timeout: number) {
    this.#link = link
    this.#timeout = timeout
  }

  get size(): number {
    return this.#waiting.size
  }

  /** Notes a request that is about to be sent under this id. */
  add(id: Id, type: RequestType, uri: Uri, asker: Asker): void {
    const waiting: Waiting = { type, uri, asker, timer: undefined, isLate: false }
    this.#waiting.set(id, waiting)
    if (this.#timeout > 0) waiting.timer = this.#link.clock.schedule(() => this.#timedOut(waiting), this.#timeout)
  }

  /** Forgets a request that could not be sent. */
  remove(id: Id): void {
    this.#take(id)
  }

  /** Settles a request with the id of its answer. Throws `ProtocolViolation` where no request of the type has this id. */
  answered(type: RequestType, request: Id, id: Id): void {
    const { asker, isLate } = this.#expect(type, request)
    if (isLate) asker.late?.(id)
    else asker.answered(id)
  }

  /** Settles a request with ERROR. */
  failed(type: number, request: Id, uri: Uri, payload: Payload | undefined): void {
    const { asker, isLate } = this.#expect(requestNames.get(type), request)
    if (!isLate) asker.failed(errorOf(uri, payload))
  }

  /** Rejects everything that waits. */
  ended(end: SessionEnd): void {
    const all = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { type, uri, asker, timer, isLate } of all) {
      timer?.cancel()
      if (!isLate) asker.failed(lostWith(end, `${type} ${uri}`))
    }
  }

  #expect(type: RequestType | undefined, request: Id): Waiting {
    const waiting = this.#waiting.get(request)
    if (waiting === undefined || waiting.type !== type) {
      throw new ProtocolViolation(`the answer to ${type} with the id ${request}, which no request has`)
    }
    this.#take(request)
    return waiting
  }

  #take(id: Id): void {
    this.#waiting.get(id)?.timer?.cancel()
    this.#waiting.delete(id)
  }

  /** The request stays known, because its answer may still come. */
  #timedOut(waiting: Waiting): void {
    waiting.isLate = true
    const { type, uri, asker } = waiting
    asker.failed(new WampError('wamp.error.timeout', [`the router did not answer ${type} ${uri} within ${this.#timeout} ms`]))
  }
}

interface Waiting {
  readonly type: RequestType
  readonly uri: Uri
  readonly asker: Asker
  timer: Timer | undefined
  /** Whether the asker was told that there was no answer in time. */
  isLate: boolean
}

const requestNames: ReadonlyMap<number, RequestType> = new Map([
  [PUBLISH, 'PUBLISH'],
  [SUBSCRIBE, 'SUBSCRIBE'],
  [UNSUBSCRIBE, 'UNSUBSCRIBE'],
  [REGISTER, 'REGISTER'],
  [UNREGISTER, 'UNREGISTER'],
])
