import type { EventDetails, Event as EventMessage, Id, Subscribe, SubscribeOptions, UnsubscribedDetails, Uri } from '../messages/message.ts'
import { SUBSCRIBE, UNSUBSCRIBE } from '../messages/message-codes.ts'
import { emptyPayload, type Kwargs } from '../messages/payload.ts'
import type { Requests, Revoked } from './requests.ts'
import type { SessionLink } from './session-link.ts'

/** One event, as its handlers get it. */
export interface WampEvent<Args extends readonly unknown[] = readonly unknown[], Keywords = Kwargs> {
  /** The topic that was published to; of a pattern, the topic that matched. */
  readonly topic: Uri
  readonly args: Args
  readonly kwargs: Keywords
  /** The router's words on the event: `publisher`, `publisher_authid`, `publisher_authrole`, `retained`. */
  readonly details: EventDetails
  readonly publication: Id
}

export type EventHandler = (event: WampEvent) => unknown

/** A handler that receives the events of a subscription in a session. */
export interface TopicSubscription {
  readonly id: Id
  readonly topic: Uri
}

/** The subscriptions of a session. Handlers of one topic and one way to match share a subscription, because the router gives them one id. */
export class Subscriptions {
  readonly #link: SessionLink
  readonly #requests: Requests
  readonly #lines = new Map<Id, Line>()
  /** The SUBSCRIBE messages that wait for their answer, as match and topic. */
  readonly #asked: string[] = []

  constructor(link: SessionLink, requests: Requests) {
    this.#link = link
    this.#requests = requests
  }

  /** Subscriptions that the router has confirmed. */
  get size(): number {
    return this.#lines.size
  }

  subscribe(topic: Uri, options: SubscribeOptions, handler: EventHandler, revoked?: Revoked): Promise<TopicSubscription> {
    const key = `${options.match ?? 'exact'} ${topic}`
    const subscribe: Subscribe = [SUBSCRIBE, this.#link.nextId(), options, topic]
    this.#asked.push(key)
    const asking = this.#requests.ask(`SUBSCRIBE ${topic}`, subscribe, (id, isLate) => {
      const line = this.#lineOf(id, topic, key)
      const entry: Entry = { id, topic, handler, revoked, isEnded: false }
      if (isLate) this.#leaveUnused(key)
      else {
        this.#answered(key)
        line.entries.push(entry)
      }
      return entry
    })
    asking.catch(() => {
      this.#answered(key)
      this.#leaveUnused(key)
    })
    return asking
  }

  /** Ends the reception of events by one handler at once. Resolves when the router has confirmed it, where it was the last handler. */
  unsubscribe(subscription: TopicSubscription): Promise<void> {
    const line = this.#lines.get(subscription.id)
    if (line?.entries.includes(subscription as Entry) !== true) return Promise.resolve()
    ;(subscription as Entry).isEnded = true
    // another list, because this one may be read at this moment
    line.entries = line.entries.filter(entry => entry !== subscription)
    return this.#leaveIfUnused(line)
  }

  /** Hands an EVENT to its handlers. One for a subscription that has ended is ignored: it was on its way. */
  received([, subscription, publication, details, payload]: EventMessage): void {
    const line = this.#lines.get(subscription)
    if (line === undefined) return
    const { args, kwargs } = payload ?? emptyPayload
    const event: WampEvent = { topic: details.topic ?? line.topic, args, kwargs, details, publication }
    // a handler may end the subscriptions of those that come after it
    for (const entry of line.entries) if (!entry.isEnded) entry.handler(event)
  }

  /** Takes the revocation of a subscription. */
  revoked({ subscription, reason }: UnsubscribedDetails): void {
    const line = this.#lines.get(subscription!)
    if (line === undefined) return
    this.#lines.delete(line.id)
    for (const entry of line.entries) entry.revoked?.(reason)
  }

  ended(): void {
    this.#lines.clear()
  }

  #lineOf(id: Id, topic: Uri, key: string): Line {
    let line = this.#lines.get(id)
    if (line === undefined) {
      line = { id, topic, key, entries: [] }
      this.#lines.set(id, line)
    }
    return line
  }

  /** Leaves a subscription whose last handler went while this SUBSCRIBE, which has failed, was on its way. */
  #leaveUnused(key: string): void {
    for (const line of this.#lines.values()) if (line.key === key) this.#leaveIfUnused(line).catch(() => undefined)
  }

  /** While another SUBSCRIBE for the topic is on its way, its answer decides: UNSUBSCRIBE would end that subscription too. */
  async #leaveIfUnused(line: Line): Promise<void> {
    if (line.entries.length > 0 || this.#asked.includes(line.key) || !this.#link.isOpen) return
    this.#lines.delete(line.id)
    await this.#requests.ask(`UNSUBSCRIBE ${line.topic}`, [UNSUBSCRIBE, this.#link.nextId(), line.id], () => undefined)
  }

  #answered(key: string): void {
    this.#asked.splice(this.#asked.indexOf(key), 1)
  }
}

interface Line {
  readonly id: Id
  readonly topic: Uri
  readonly key: string
  /** Replaced where a handler leaves, because the list may be read at that moment. */
  entries: Entry[]
}

interface Entry extends TopicSubscription {
  readonly handler: EventHandler
  readonly revoked: Revoked | undefined
  isEnded: boolean
}
