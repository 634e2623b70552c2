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
import { EVENT, type Publish, type Uri } from '../messages/message.ts'
import type { WampFactory } from '../ports/wamp-factory.ts'
import { serialized } from '../serializers/serializer.ts'
import { Subscriptions } from './subscriptions.ts'

/** Selects the subscribers that receive an event of the server. */
export interface DispatchOptions<Protocol> {
  /** Protocols that do not receive it. */
  readonly exclude?: Iterable<Protocol>
  /** The only protocols that may receive it. Default: all. */
  readonly eligible?: Iterable<Protocol>
}

/** The number of subscribers that an event was for, and was sent to. */
export interface Delivery {
  /** Subscribers that the event was sent to. */
  readonly delivered: number
  /** Subscribers that the event was for. Those that did not receive it are closing, or read too slowly. */
  readonly requested: number
}

/** The factory of a broker, as the broker uses it. */
export interface BrokerFactory<Protocol> extends WampFactory {
  newSessionId(): string
  prepareMessage(payload: string): PreparedMessage
  broadcast(message: PreparedMessage, options: BroadcastOptions<Protocol>): BroadcastResult
  onClientSubscribed(protocol: Protocol, topicUri: Uri): void
  onClientUnsubscribed(protocol: Protocol, topicUri: Uri): void
}

/** The broker of one server: knows the ids and the subscriptions of its sessions, and sends events to the subscribers. */
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

  /** Registers a session and returns its new id. Throws `ApiMisuse` if the application's `newSessionId` returns none that can be used. */
  admit(protocol: Protocol): string {
    const id = this.#newId()
    this.#protocols.set(id, protocol)
    this.#ids.set(protocol, id)
    return id
  }

  /**
   * Asks the factory for an id that is not in use. Gives up after `mostTries`: an application's `newSessionId` may always return the same.
   */
  #newId(): string {
    for (let tries = 0; tries < mostTries; tries++) {
      const id: unknown = this.#factory.newSessionId()
      if (typeof id !== 'string' || id === '') {
        throw new ApiMisuse(`newSessionId must return a non-empty string, and not ${shownValue(heeded(id))}`)
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

  /** Passes an event on. `exclude` and `eligible` are elements of the PUBLISH message. Throws if the event cannot be serialized. */
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

  /** Serializes, frames and compresses an event once, and sends it in this turn, so that events stay in order for each receiver. */
  #send(topic: Uri, event: unknown, except: Except<Protocol>, eligible: Iterable<Protocol> | undefined): Delivery {
    const to = this.#subscriptions.receivers(topic, eligible)
    if (to === undefined) return nobody
    const message = this.#factory.prepareMessage(serialized(this.#factory, [EVENT, topic, event]))
    const slow = this.#factory.wampOptions.slowSubscribers
    const { sent, skipped } = this.#factory.broadcast(message, except === undefined ? { to, slow } : { to, slow, except })
    return { delivered: sent, requested: sent + skipped }
  }

  /** Finds the protocols of session ids that a peer has sent. Values that are not the id of an open session are ignored. */
  #known(ids: readonly unknown[]): Protocol[] {
    const protocols: Protocol[] = []
    for (const id of ids) {
      const protocol = typeof id === 'string' ? this.#protocols.get(id) : undefined
      if (protocol !== undefined) protocols.push(protocol)
    }
    return protocols
  }
}

/** The protocols that do not receive an event: one, several, or none. */
type Except<Protocol> = Protocol | Iterable<Protocol> | undefined

export const dispatchOptions: OptionChecks<DispatchOptions<unknown>> = { exclude: anIterable, eligible: anIterable }

const nobody: Delivery = { delivered: 0, requested: 0 }

/** The number of tries for a session id. Random ids never need a second; a counter that restarts may need several. */
const mostTries = 1000
