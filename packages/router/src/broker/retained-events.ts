import { type MatchPolicy, matchesUri, type Uri } from '@autobahn-ts/wamp/protocol'
import type { Publication } from './publication.ts'

/** The last event of each topic whose publisher has asked to keep it. */
export class RetainedEvents {
  readonly #limit: number
  readonly #events = new Map<Uri, Publication>()

  /** `limit` is the number of topics; above it the event that was kept first goes. */
  constructor(limit: number) {
    this.#limit = limit
  }

  get size(): number {
    return this.#events.size
  }

  /** Keeps an event in place of the one before of its topic. */
  keep(publication: Publication): void {
    this.#events.delete(publication.topic)
    this.#events.set(publication.topic, publication)
    if (this.#events.size <= this.#limit) return
    const [oldest] = this.#events.keys()
    this.#events.delete(oldest!)
  }

  /** Returns the events of the topics that a name or pattern matches. */
  matching(match: MatchPolicy, uri: Uri): Publication[] {
    if (match === 'exact') {
      const event = this.#events.get(uri)
      return event === undefined ? [] : [event]
    }
    return [...this.#events.values()].filter(({ topic }) => matchesUri(uri, match, topic))
  }
}
