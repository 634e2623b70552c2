import type { MatchPolicy, Uri } from '@autobahn-ts/wamp/protocol'
import type { Party } from '../parties/party.ts'
import type { Action, Verdict } from '../realm/access.ts'

/** The principal that is asked about: authorizers decide by its name too. */
type Who = Pick<Party, 'authid' | 'authrole'>

/**
 * Keeps the answers of an authorizer for a minute, at most 10,000 of them. An answer counts for the name, the role, the action, the URI
 * and the match that were asked about. Answers that failed are not kept.
 */
export class VerdictCache {
  readonly #now: () => number
  readonly #kept = new Map<string, { readonly verdict: Promise<Verdict>; readonly until: number }>()

  /** `now` returns milliseconds that never decrease. */
  constructor(now: () => number) {
    this.#now = now
  }

  /** Returns the answer that is kept, or asks for one. Questions that come while it is asked wait for the same answer. */
  get({ authid, authrole }: Who, action: Action, uri: Uri, match: MatchPolicy, ask: () => Promise<Verdict>): Promise<Verdict> {
    const key = JSON.stringify([authid, authrole, action, match, uri])
    const kept = this.#kept.get(key)
    if (kept !== undefined && this.#now() < kept.until) return kept.verdict
    const verdict = ask()
    const entry = { verdict, until: this.#now() + lifetime }
    this.#kept.delete(key)
    this.#kept.set(key, entry)
    verdict.catch(() => {
      if (this.#kept.get(key) === entry) this.#kept.delete(key)
    })
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= mostKept) break
      this.#kept.delete(oldest)
    }
    return verdict
  }

  get size(): number {
    return this.#kept.size
  }
}

/** Milliseconds. */
const lifetime = 60_000
const mostKept = 10_000
