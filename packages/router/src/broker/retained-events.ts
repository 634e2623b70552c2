import type { MatchPolicy, Uri } from '@autobahn-ts/wamp/protocol'
import { keptSize } from './kept-size.ts'
import type { Publication } from './publication.ts'

/** The last event of each topic whose publisher has asked to keep it. */
export class RetainedEvents {
  readonly #limit: number
  readonly #maxOctets: number
  readonly #events = new Map<Uri, Kept>()
  #octets = 0

  /** `limit` is the number of topics, and `maxOctets` the memory of their events; above either the event that was kept first goes. */
  constructor(limit: number, maxOctets: number) {
    this.#limit = limit
    this.#maxOctets = maxOctets
  }

  get size(): number {
    return this.#events.size
  }

  /** The octets that the events take, as an estimate. */
  get octets(): number {
    return this.#octets
  }

  /** Keeps an event in place of the one before of its topic. */
  keep(publication: Publication): void {
    const { topic } = publication
    const components = this.#events.get(topic)?.components ?? topic.split('.')
    this.#delete(topic)
    const size = keptSize(publication)
    this.#events.set(topic, { publication, components, size })
    this.#octets += size
    for (const oldest of this.#events.keys()) {
      if (this.#events.size <= this.#limit && this.#octets <= this.#maxOctets) return
      this.#delete(oldest)
    }
  }

  #delete(topic: Uri): void {
    this.#octets -= this.#events.get(topic)?.size ?? 0
    this.#events.delete(topic)
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
  /** Octets. */
  readonly size: number
}

function fits(wanted: readonly string[], given: readonly string[]): boolean {
  if (wanted.length !== given.length) return false
  for (let n = 0; n < wanted.length; n++) if (wanted[n] !== '' && wanted[n] !== given[n]) return false
  return true
}
