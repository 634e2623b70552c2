import type { Id, Uri } from '@autobahn-ts/wamp/protocol'
import { keptSize } from './kept-size.ts'
import type { Publication } from './publication.ts'

/** An event of a history. */
export interface PastEvent {
  /** The time of day of its publication, in milliseconds since 1970. */
  readonly time: number
  readonly publication: Publication
}

/** The filters by which events are asked for; all of them have to hold. Times are in milliseconds since 1970. */
export interface HistoryFilter {
  /** The newest first, and of more than `limit` the newest. */
  readonly reverse?: boolean | undefined
  readonly limit?: number | undefined
  readonly fromTime?: number | undefined
  readonly afterTime?: number | undefined
  readonly beforeTime?: number | undefined
  readonly untilTime?: number | undefined
  readonly topic?: Uri | undefined
  readonly fromPublication?: Id | undefined
  readonly afterPublication?: Id | undefined
  readonly beforePublication?: Id | undefined
  readonly untilPublication?: Id | undefined
}

/** The last events of one subscription, in the order in which they were published. */
export class EventHistory {
  #limit: number
  readonly #maxOctets: number
  /** The events; those before `#first` have gone. */
  #events: (PastEvent & { readonly size: number })[] = []
  #first = 0
  #octets = 0

  /** `limit` is the number of events that are kept, and `maxOctets` their memory; above either the oldest goes. */
  constructor(limit: number, maxOctets: number) {
    this.#limit = limit
    this.#maxOctets = maxOctets
  }

  get size(): number {
    return this.#events.length - this.#first
  }

  /** The octets that the events take, as an estimate. */
  get octets(): number {
    return this.#octets
  }

  /** Sets the number of events that are kept. Of those that are there the last ones stay. */
  resize(limit: number): void {
    this.#limit = limit
    this.#dropOldest()
  }

  /** Keeps an event, unless its publisher has named sessions. */
  keep(publication: Publication, time: number): void {
    if (publication.audience?.namesSessions === true) return
    const size = keptSize(publication)
    this.#events.push({ time, publication, size })
    this.#octets += size
    this.#dropOldest()
  }

  /** Returns the events that a session may have and that pass the filters. `mayReceive` says whether it may have the events of a topic: all by default. */
  find(filter: HistoryFilter, authid: string, authrole: string, mayReceive: (topic: Uri) => boolean = () => true): PastEvent[] {
    const events = withinPublications(this.#events.slice(this.#first), filter).filter(
      ({ time, publication: { topic, audience } }) =>
        isWithinTimes(time, filter) &&
        (filter.topic === undefined || filter.topic === topic) &&
        (audience === undefined || audience.admitsIdentity(authid, authrole)) &&
        mayReceive(topic),
    )
    if (filter.reverse === true) events.reverse()
    return filter.limit === undefined ? events : events.slice(0, filter.limit)
  }

  #dropOldest(): void {
    while (this.size > this.#limit || this.#octets > this.#maxOctets) this.#octets -= this.#events[this.#first++]!.size
    // the list grows to twice its length before it is cut, so that an event costs no copy of all of them
    if (this.#first * 2 <= this.#events.length) return
    this.#events = this.#events.slice(this.#first)
    this.#first = 0
  }
}

/** Publication ids are random, so a bound means the place where that event stands. One that is not in the history has no events after or before it. */
function withinPublications(events: readonly PastEvent[], filter: HistoryFilter): readonly PastEvent[] {
  const { fromPublication, afterPublication, beforePublication, untilPublication } = filter
  const placeOf = (id: Id): number => events.findIndex(({ publication }) => publication.id === id)
  let first = 0
  let end = events.length
  if (fromPublication !== undefined) first = Math.max(first, placeOrEnd(placeOf(fromPublication), events.length))
  if (afterPublication !== undefined) first = Math.max(first, placeOrEnd(placeOf(afterPublication), events.length) + 1)
  if (beforePublication !== undefined) end = Math.min(end, placeOf(beforePublication))
  if (untilPublication !== undefined) end = Math.min(end, placeOf(untilPublication) + 1)
  return events.slice(first, Math.max(first, end))
}

function placeOrEnd(place: number, end: number): number {
  return place < 0 ? end : place
}

function isWithinTimes(time: number, { fromTime, afterTime, beforeTime, untilTime }: HistoryFilter): boolean {
  if (fromTime !== undefined && time < fromTime) return false
  if (afterTime !== undefined && time <= afterTime) return false
  if (beforeTime !== undefined && time >= beforeTime) return false
  return untilTime === undefined || time <= untilTime
}
