import {
  ApiMisuse,
  type BroadcastOptions,
  type BroadcastResult,
  heeded,
  type OptionChecks,
  type PreparedMessage,
  shownValue,
} from '@autobahn-ts/websocket/portable'
import { anIterable } from '../../checks/option-checks.ts'
import { notify } from '../../hooks/notify.ts'
import { serialized } from '../../serializers/serializer.ts'
import { EVENT, type Publish, type Uri } from '../messages/message.ts'
import type { WampFactory } from '../ports/wamp-factory.ts'
import { Subscriptions } from './subscriptions.ts'

/** Who gets an event of the server's own, of those who have subscribed. */
export interface DispatchOptions<Protocol> {
  /** Protocols that are left out. */
  readonly exclude?: Iterable<Protocol>
  /** The protocols that get it; no others do. Default: all. */
  readonly eligible?: Iterable<Protocol>
}

/** What became of an event. */
export interface Delivery {
  /** Subscribers that it was sent to. */
  readonly delivered: number
  /** Subscribers that it was for; the rest is closing, or missed it as too slow. */
  readonly requested: number
}

/** What a broker needs of its factory. */
export interface BrokerFactory<Protocol> extends WampFactory {
  newSessionId(): string
  prepareMessage(payload: string): PreparedMessage
  broadcast(message: PreparedMessage, options: BroadcastOptions<Protocol>): BroadcastResult
  onClientSubscribed(protocol: Protocol, topicUri: Uri): void
  onClientUnsubscribed(protocol: Protocol, topicUri: Uri): void
}

/** What the sessions of one server share: their ids, their subscriptions, and the way of an event to its subscribers. */
export class Broker<Protocol extends object> {
  readonly #factory: BrokerFactory<Protocol>
  readonly #subscriptions = new Subscriptions<Protocol>()
  readonly #protocols = new Map<string, Protocol>()
  readonly #ids = new Map<Protocol, string>()

  constructor(factory: BrokerFactory<Protocol>) {
    this.#factory = factory
  }

  get topics(): ReadonlyMap<Uri, ReadonlySet<Protocol>> {
    return this.#subscriptions.topics
  }

  get sessionCount(): number {
    return this.#protocols.size
  }

  /** Gives a session its id. Throws `ApiMisuse` where `newSessionId` of the application gives none that can be used. */
  admit(protocol: Protocol): string {
    const id = this.#newId()
    this.#protocols.set(id, protocol)
    this.#ids.set(protocol, id)
    return id
  }

  /** An id that is taken is asked for again, but not for ever: `newSessionId` may always give the same. */
  #newId(): string {
    for (let tries = 0; tries < mostTries; tries++) {
      const id: unknown = this.#factory.newSessionId()
      if (typeof id !== 'string' || id === '') {
        throw new ApiMisuse(`newSessionId must return a string with something in it, and not ${shownValue(heeded(id))}`)
      }
      if (!this.#protocols.has(id)) return id
    }
    throw new ApiMisuse(`newSessionId has returned ${mostTries} ids that open sessions have; each session needs an id of its own`)
  }

  protocolOf(sessionId: string): Protocol | undefined {
    return this.#protocols.get(sessionId)
  }

  idOf(protocol: Protocol): string | undefined {
    return this.#ids.get(protocol)
  }

  subscribed(protocol: Protocol, topic: Uri): void {
    if (!this.#subscriptions.subscribe(protocol, topic)) return
    notify(this.#factory, protocol, () => this.#factory.onClientSubscribed(protocol, topic))
  }

  unsubscribed(protocol: Protocol, topic: Uri): void {
    if (!this.#subscriptions.unsubscribe(protocol, topic)) return
    notify(this.#factory, protocol, () => this.#factory.onClientUnsubscribed(protocol, topic))
  }

  /** Passes an event on. `exclude` and `eligible` are as they stand in the message. Throws what serializing the event throws. */
  published(publisher: Protocol, topic: Uri, event: unknown, exclude: Publish[3], eligible: Publish[4]): void {
    const except = exclude === false ? undefined : typeof exclude === 'object' && exclude !== null ? this.#known(exclude) : publisher
    this.#send(topic, event, except, eligible === undefined ? undefined : this.#known(eligible))
  }

  closed(protocol: Protocol): void {
    const id = this.#ids.get(protocol)
    this.#ids.delete(protocol)
    if (id !== undefined) this.#protocols.delete(id)
  }

  dispatch(topic: Uri, event: unknown, { exclude, eligible }: DispatchOptions<Protocol>): Delivery {
    return this.#send(topic, event, exclude, eligible)
  }

  /** Serialised, framed and compressed once. All receivers get it in this turn, so events of one publisher stay in order for each. */
  #send(topic: Uri, event: unknown, except: Except<Protocol>, eligible: Iterable<Protocol> | undefined): Delivery {
    const to = this.#subscriptions.receivers(topic, eligible)
    if (to === undefined) return nobody
    const message = this.#factory.prepareMessage(serialized(this.#factory, [EVENT, topic, event]))
    const slow = this.#factory.wampOptions.slowSubscribers
    const { sent, skipped } = this.#factory.broadcast(message, except === undefined ? { to, slow } : { to, slow, except })
    return { delivered: sent, requested: sent + skipped }
  }

  /** Ids are the peer's word: unknown ones, and what is no id at all, are nobody's. */
  #known(ids: readonly unknown[]): Protocol[] {
    const protocols: Protocol[] = []
    for (const id of ids) {
      const protocol = typeof id === 'string' ? this.#protocols.get(id) : undefined
      if (protocol !== undefined) protocols.push(protocol)
    }
    return protocols
  }
}

/** Who is left out: one, several, or none. */
type Except<Protocol> = Protocol | Iterable<Protocol> | undefined

export const dispatchOptions: OptionChecks<DispatchOptions<unknown>> = { exclude: anIterable, eligible: anIterable }

const nobody: Delivery = { delivered: 0, requested: 0 }

/** With random ids a second try is never needed; a counter that begins anew may need some. */
const mostTries = 1000
