import type { MatchPolicy, Uri } from '@autobahn-ts/wamp/protocol'
import type { Publication } from './publication.ts'

/** The last event of each topic whose publisher has asked to keep it. */
export class RetainedEvents {
  readonly #limit: number
  readonly #events = new Map<Uri, Kept>()

  /** `limit` is the number of topics; above it the event that was kept first goes. */
  constructor(limit: number) {
    this.#limit = limit
  }

  get size(): number {
    return this.#events.size
  }

  /** Keeps an event in place of the one before of its topic. */
  keep(publication: Publication): void {
    const { topic } = publication
    const components = this.#events.get(topic)?.components ?? topic.split('.')
    this.#events.delete(topic)
    this.#events.set(topic, { publication, components })
    if (this.#events.size <= this.#limit) return
    const [oldest] = this.#events.keys()
    this.#events.delete(oldest!)
  }

  /** Returns the events of the topics that a name or pattern matches. A pattern is compared with all topics, at most as many as the limit. */
  matching(match: MatchPolicy, uri: Uri): Publication[] {
    if (match === 'exact') {
      const kept = this.#events.get(uri)
      return kept === undefined ? [] : [kept.publication]
    }
    const found: Publication[] = []
    const wanted = uri.split('.')
    for (const { publication, components } of this.#events.values()) {
      const isMatch = match === 'prefix' ? publication.topic.startsWith(uri) : fits(wanted, components)
      if (isMatch) found.push(publication)
    }
    return found
  }
}

interface Kept {
  readonly publication: Publication
  /** The components of the topic, which patterns are compared with: splitting thousands of topics at each SUBSCRIBE would take milliseconds. */
  readonly components: readonly string[]
}

function fits(wanted: readonly string[], given: readonly string[]): boolean {
  if (wanted.length !== given.length) return false
  for (let n = 0; n < wanted.length; n++) if (wanted[n] !== '' && wanted[n] !== given[n]) return false
  return true
}
