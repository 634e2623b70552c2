import { type Id, idAfter } from '@autobahn-ts/wamp/protocol'

/** The rules of the request ids of clients: `lax` takes any, `strict` counts (decision 134). */
export type RequestRules = 'lax' | 'strict'

/** The request ids of one session. */
export class RequestIds {
  readonly #isStrict: boolean
  #last: Id = 0

  constructor(rules: RequestRules) {
    this.#isStrict = rules === 'strict'
  }

  /** Takes the id of a new request. Returns false for one that the rules do not allow. */
  take(request: Id): boolean {
    if (!this.#isStrict) return true
    if (request !== idAfter(this.#last)) return false
    this.#last = request
    return true
  }

  /** Whether a CALL with this id can only be a further part of an earlier one. */
  wasTaken(request: Id): boolean {
    return this.#isStrict && request <= this.#last
  }
}
