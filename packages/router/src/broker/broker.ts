import {
  ErrorUri,
  type Id,
  type MatchPolicy,
  MessageType,
  type Payload,
  type PublishOptions,
  type Subscribe,
  type Unsubscribe,
  type Uri,
} from '@autobahn-ts/wamp/protocol'
import { OutgoingEvent } from '../parties/outgoing-event.ts'
import { ownText } from '../parties/own-text.ts'
import type { Party } from '../parties/party.ts'
import { refusal } from '../parties/refusal.ts'
import { PatternTable } from '../patterns/pattern-table.ts'
import { EventHistory } from './event-history.ts'
import { eventDetails, type Publication, publicationOf, publicationOfRouter } from './publication.ts'
import { RetainedEvents } from './retained-events.ts'
import type { Subscriber } from './subscriber.ts'
import { Subscription } from './subscription.ts'

/** The limits of a broker. */
export interface BrokerLimits {
  /** The most subscriptions of a session. */
  readonly maxSubscriptions: number
  /** The most of them that are patterns. */
  readonly maxPatterns: number
  /** The most EVENTs that one session gets for one publication. */
  readonly maxDeliveries: number
  /** The most topics whose last event is kept. */
  readonly maxRetainedEvents: number
  /** The most octets of those events. */
  readonly maxRetainedSize: number
  /** The most octets of one history of events. */
  readonly maxHistorySize: number
  /** Whether publishers wait where all receivers of an event are full. */
  readonly holdPublishers: boolean
}

/** A topic or pattern whose last events are kept. */
export interface HistoryRule {
  readonly topic: Uri
  readonly match?: MatchPolicy | undefined
  /** The number of events that are kept. */
  readonly limit: number
}

/** Everything that a broker needs of its realm. */
export interface BrokerPorts {
  /** Returns a random id for a publication. */
  randomId(): Id
  /** Returns the next id of a subscription. */
  subscriptionId(): Id
  /** Returns the time of day in milliseconds since 1970. */
  today(): number
  /** Whether a session may have the events of a topic that a pattern of it matches. It is asked for each event. */
  mayReceive?: ((party: Party, topic: Uri) => boolean) | undefined
  readonly events: SubscriptionEvents
}

/** Subscriptions that come and go. `session` is the id of the one that has caused it. */
export interface SubscriptionEvents {
  subscriptionCreated(session: Id, subscription: Subscription): void
  subscribed(session: Id, subscription: Subscription): void
  unsubscribed(session: Id, subscription: Subscription): void
  subscriptionDeleted(session: Id, subscription: Subscription): void
}

/** The broker of a realm: who subscribes to what, and who gets which event. */
export class Broker {
  readonly #limits: BrokerLimits
  #holdsPublishers: boolean
  readonly #ports: BrokerPorts
  readonly #table = new PatternTable<Subscription>()
  readonly #byId = new Map<Id, Subscription>()
  readonly #retained: RetainedEvents
  #skippedDeliveries = 0
  /** The subscriptions that match the event which is published now. */
  readonly #matching: Subscription[] = []

  constructor(limits: BrokerLimits, ports: BrokerPorts, history: readonly HistoryRule[] = []) {
    this.#limits = limits
    this.#holdsPublishers = limits.holdPublishers
    this.#ports = ports
    this.#retained = new RetainedEvents(limits.maxRetainedEvents, limits.maxRetainedSize)
    this.keepHistory(history)
  }

  /**
   * Replaces the topics and patterns whose last events are kept. Events of those that stay are kept, as far as the new number allows; those of others are
   * given up. Nobody is told of subscriptions that come and go by this.
   */
  keepHistory(rules: readonly HistoryRule[]): void {
    const kept = new Set<Subscription>()
    for (const { topic, match = 'exact', limit } of rules) {
      const subscription = this.#table.get(match, topic) ?? this.#create(match, topic)
      if (subscription.history === undefined) subscription.history = new EventHistory(limit, this.#limits.maxHistorySize)
      else subscription.history.resize(limit)
      kept.add(subscription)
    }
    for (const subscription of [...this.#byId.values()]) {
      if (subscription.history === undefined || kept.has(subscription)) continue
      subscription.history = undefined
      this.#removeUnused(subscription)
    }
  }

  /** Says whether publishers wait from now on. Those that wait already do so for a second at most. */
  holdPublishers(isOn: boolean): void {
    this.#holdsPublishers = isOn
  }

  /** The subscriptions, in the order of their creation. */
  get subscriptions(): IterableIterator<Subscription> {
    return this.#byId.values()
  }

  get subscriptionCount(): number {
    return this.#byId.size
  }

  get retainedEvents(): number {
    return this.#retained.size
  }

  /** The number of EVENTs that were not sent because their session had got the publication as often as it may. */
  get skippedDeliveries(): number {
    return this.#skippedDeliveries
  }

  subscription(id: Id): Subscription | undefined {
    return this.#byId.get(id)
  }

  find(match: MatchPolicy, uri: Uri): Subscription | undefined {
    return this.#table.get(match, uri)
  }

  /** Returns the subscriptions that get the events of a topic. */
  matching(topic: Uri): Subscription[] {
    const found: Subscription[] = []
    this.#table.collect(topic, found)
    return found
  }

  /** Answers SUBSCRIBE, whose URI and permission were checked. */
  subscribe(subscriber: Subscriber, [, request, options, uri]: Subscribe): void {
    const { party } = subscriber
    const match = options.match ?? 'exact'
    const existing = this.#table.get(match, uri)
    const isNew = existing === undefined || !existing.subscribers.has(party)
    const fault = isNew ? this.#limitFault(subscriber, match) : undefined
    if (fault !== undefined) {
      party.send(refusal(MessageType.SUBSCRIBE, request, ErrorUri.unavailable, fault))
      return
    }
    const subscription = existing ?? this.#create(match, uri)
    if (isNew) {
      subscription.subscribers.add(party)
      subscriber.add(subscription)
    }
    party.send([MessageType.SUBSCRIBED, request, subscription.id])
    if (options.get_retained === true) this.#sendRetained(party, subscription)
    // the events about a subscription go to its own subscriber after SUBSCRIBED
    if (existing === undefined) this.#ports.events.subscriptionCreated(party.id, subscription)
    if (isNew) this.#ports.events.subscribed(party.id, subscription)
  }

  /** Answers UNSUBSCRIBE. */
  unsubscribe(subscriber: Subscriber, [, request, id]: Unsubscribe): void {
    const subscription = this.#byId.get(id)
    if (subscription === undefined || !subscriber.subscriptions.has(subscription)) {
      subscriber.party.send(refusal(MessageType.UNSUBSCRIBE, request, ErrorUri.noSuchSubscription))
      return
    }
    this.#detach(subscriber, subscription)
    subscriber.party.send([MessageType.UNSUBSCRIBED, request])
    this.#tellDetached(subscriber.party.id, subscription)
  }

  /** Takes a subscription from a session that did not ask for it. Returns whether it had the subscription. */
  revoke(subscriber: Subscriber, subscription: Subscription, reason?: string): boolean {
    if (!subscriber.subscriptions.has(subscription)) return false
    const { party } = subscriber
    this.#detach(subscriber, subscription)
    if (party.features.knowsRevokedSubscriptions)
      party.send([MessageType.UNSUBSCRIBED, 0, { subscription: subscription.id, ...(reason === undefined ? {} : { reason }) }])
    this.#tellDetached(party.id, subscription)
    return true
  }

  /** Removes all subscriptions of a session that is over. `isTold`: tells of each. */
  leave(subscriber: Subscriber, isTold: boolean): void {
    for (const subscription of [...subscriber.subscriptions]) {
      this.#detach(subscriber, subscription)
      if (isTold) this.#tellDetached(subscriber.party.id, subscription)
    }
  }

  /** Publishes an event of a session, whose topic and permission were checked. Returns the id of the publication. */
  publish(publisher: Party, topic: Uri, options: PublishOptions, payload: Payload | undefined, isDisclosed: boolean): Id {
    const publication = publicationOf(this.#ports.randomId(), publisher, topic, options, payload, isDisclosed)
    this.deliver(publication)
    if (this.#holdsPublishers) this.#holdWhereAllAreFull(publisher, publication)
    if (options.retain === true) this.#retained.keep(publication)
    return publication.id
  }

  /** Publishes an event of the router itself. */
  publishOwn(topic: Uri, args: readonly unknown[]): void {
    this.deliver(publicationOfRouter(this.#ports.randomId(), topic, args))
  }

  /** Sends an event to the subscribers here. */
  deliver(publication: Publication): void {
    const matching = this.#matching
    matching.length = 0
    this.#table.collect(publication.topic, matching)
    const deliveries = matching.length > this.#limits.maxDeliveries ? new Map<Party, number>() : undefined
    for (let n = 0; n < matching.length; n++) this.#deliverTo(matching[n]!, publication, deliveries)
  }

  #deliverTo(subscription: Subscription, publication: Publication, deliveries: Map<Party, number> | undefined): void {
    subscription.history?.keep(publication, this.#ports.today())
    const { subscribers, isPattern } = subscription
    if (subscribers.size === 0) return
    const { id, payload, audience, excluded, topic } = publication
    const details = eventDetails(publication, isPattern)
    const event = new OutgoingEvent([MessageType.EVENT, subscription.id, id, details, payload], subscribers.size > 1)
    const mayReceive = isPattern ? this.#ports.mayReceive : undefined
    for (const party of subscribers) {
      if (party.id === excluded) continue
      if (audience !== undefined && !audience.admits(party)) continue
      if (mayReceive !== undefined && !mayReceive(party, topic)) continue
      if (deliveries !== undefined && !countDelivery(deliveries, party, this.#limits.maxDeliveries)) {
        this.#skippedDeliveries++
        continue
      }
      party.offerEvent(event)
    }
  }

  /** Has the publisher of an event that was just delivered wait, where none of its receivers has room for another one. */
  #holdWhereAllAreFull(publisher: Party, publication: Publication): void {
    let full: Party[] | undefined
    for (const subscription of this.#matching) {
      for (const party of subscription.subscribers) {
        if (!this.#isReceiver(party, subscription, publication)) continue
        if (!party.isFull) return
        full ??= []
        full.push(party)
      }
    }
    if (full !== undefined) publisher.waitForRoom(full)
  }

  #isReceiver(party: Party, { isPattern }: Subscription, { topic, audience, excluded }: Publication): boolean {
    if (party.id === excluded || audience?.admits(party) === false) return false
    return !isPattern || this.#ports.mayReceive?.(party, topic) !== false
  }

  #sendRetained(party: Party, subscription: Subscription): void {
    const { mayReceive } = this.#ports
    for (const publication of this.#retained.matching(subscription.match, subscription.uri)) {
      const { id, topic, payload, audience, excluded } = publication
      if (party.id === excluded || audience?.admits(party) === false) continue
      if (subscription.isPattern && mayReceive?.(party, topic) === false) continue
      const details = eventDetails(publication, subscription.isPattern, true)
      party.offerEvent(new OutgoingEvent([MessageType.EVENT, subscription.id, id, details, payload], false))
    }
  }

  #limitFault({ subscriptions, patterns }: Subscriber, match: MatchPolicy): string | undefined {
    const { maxSubscriptions, maxPatterns } = this.#limits
    if (subscriptions.size >= maxSubscriptions) return `a session has at most ${maxSubscriptions} subscriptions`
    return match !== 'exact' && patterns >= maxPatterns ? `a session has at most ${maxPatterns} subscriptions that are patterns` : undefined
  }

  #create(match: MatchPolicy, asked: Uri): Subscription {
    const uri = ownText(asked)
    const subscription = new Subscription(this.#ports.subscriptionId(), match, uri, this.#ports.today())
    this.#table.add(match, uri, subscription)
    this.#byId.set(subscription.id, subscription)
    return subscription
  }

  #detach(subscriber: Subscriber, subscription: Subscription): void {
    subscriber.delete(subscription)
    subscription.subscribers.delete(subscriber.party)
    this.#removeUnused(subscription)
  }

  /** Removes a subscription that has neither subscribers nor a history. */
  #removeUnused(subscription: Subscription): void {
    if (subscription.subscribers.size > 0 || subscription.history !== undefined) return
    this.#table.delete(subscription.match, subscription.uri)
    this.#byId.delete(subscription.id)
  }

  #tellDetached(session: Id, subscription: Subscription): void {
    this.#ports.events.unsubscribed(session, subscription)
    if (!this.#byId.has(subscription.id)) this.#ports.events.subscriptionDeleted(session, subscription)
  }
}

/** Counts one more event for a session. Returns false where it has had as many as it may. */
function countDelivery(deliveries: Map<Party, number>, party: Party, most: number): boolean {
  const count = deliveries.get(party) ?? 0
  deliveries.set(party, count + 1)
  return count < most
}
