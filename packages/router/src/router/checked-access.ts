import type { MatchPolicy, Uri } from '@autobahn-ts/wamp/protocol'
import { ApiMisuse, asError, type Clock, heeded, isPromise, shownValue } from '@autobahn-ts/websocket/portable'
import type { Party } from '../parties/party.ts'
import type { Access, Action, Verdict } from '../realm/access.ts'

/**
 * Asks the access of an application, and takes only answers that are clear, and come within 30 seconds: everything else denies, and is reported. The later messages of a session
 * wait for an answer, so one that never comes would keep it from saying anything.
 */
export class CheckedAccess implements Access {
  readonly #access: Access
  readonly #clock: Clock
  readonly #onError: (error: Error) => void

  constructor(access: Access, clock: Clock, onError: (error: Error) => void) {
    this.#access = access
    this.#clock = clock
    this.#onError = onError
  }

  /** Throws, or rejects with, `ApiMisuse` for what is not a verdict, and rejects for one that is late; the realm denies and reports it. */
  mayDo(party: Party, action: Action, uri: Uri, match: MatchPolicy): Verdict | Promise<Verdict> {
    const answer: unknown = this.#access.mayDo(party, action, uri, match)
    return isPromise(answer) ? this.#inTime(answer, `${action} of ${uri}`).then(checkedVerdict) : checkedVerdict(answer)
  }

  #inTime(answer: PromiseLike<unknown>, what: string): Promise<unknown> {
    return new Promise<unknown>((resolve, reject) => {
      const late = (): void => reject(new Error(`mayDo of access did not decide on ${what} within ${longestDecision / 1000} s`))
      const timer = this.#clock.schedule(late, longestDecision)
      answer.then(
        value => {
          timer.cancel()
          resolve(value)
        },
        error => {
          timer.cancel()
          reject(error)
        },
      )
    })
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

/** Milliseconds. */
const longestDecision = 30_000
