import type { MatchPolicy, Uri } from '@autobahn-ts/wamp/protocol'
import { ApiMisuse, asError, heeded, isPromise, shownValue } from '@autobahn-ts/websocket/portable'
import type { Party } from '../parties/party.ts'
import type { Access, Action, Verdict } from '../realm/access.ts'

/** Asks the access of an application, and takes only answers that are clear: everything else denies, and is reported. */
export class CheckedAccess implements Access {
  readonly #access: Access
  readonly #onError: (error: Error) => void

  constructor(access: Access, onError: (error: Error) => void) {
    this.#access = access
    this.#onError = onError
  }

  /** Throws, or rejects with, `ApiMisuse` for what is not a verdict; the realm denies and reports it. */
  mayDo(party: Party, action: Action, uri: Uri, match: MatchPolicy): Verdict | Promise<Verdict> {
    const answer: unknown = this.#access.mayDo(party, action, uri, match)
    return isPromise(answer) ? Promise.resolve(answer).then(checkedVerdict) : checkedVerdict(answer)
  }

  mayReceive(party: Party, topic: Uri): boolean {
    if (this.#access.mayReceive === undefined) return true
    try {
      const answer: unknown = this.#access.mayReceive(party, topic)
      if (typeof answer === 'boolean') return answer
      throw new ApiMisuse(`mayReceive of access returned ${shownValue(heeded(answer))}, and must return true or false at once`)
    } catch (error) {
      this.#onError(asError(error))
      return false
    }
  }
}

function checkedVerdict(answer: unknown): Verdict {
  if (isVerdict(answer)) return answer
  throw new ApiMisuse(`mayDo of access returned ${shownValue(answer)}, and must return { allow, disclose } with true or false for each`)
}

function isVerdict(answer: unknown): answer is Verdict {
  if (typeof answer !== 'object' || answer === null) return false
  const { allow, disclose, force, hasFailed } = answer as { readonly [name in keyof Verdict]?: unknown }
  return typeof allow === 'boolean' && [disclose, force, hasFailed].every(value => value === undefined || typeof value === 'boolean')
}
