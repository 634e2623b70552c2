import { type Message, MessageType, type Uri } from '@autobahn-ts/wamp/protocol'
import type { Clock } from '@autobahn-ts/websocket/portable'
import type { Broker } from '../broker/broker.ts'
import type { Dealer } from '../dealer/dealer.ts'
import { Histogram } from './histogram.ts'

/** The realm whose messages are measured. */
export interface TimedRealm {
  readonly clock: Clock
  readonly broker: Pick<Broker, 'matching'>
  readonly dealer: Pick<Dealer, 'matching'>
  readonly limits: { readonly maxUriLength: number }
}

/** The requests of the session that has sent a message. */
export interface TimedRequests {
  /** Whether a permission is awaited: messages are kept meanwhile. */
  readonly isWaiting: boolean
  received(message: Message): void
}

/** The kinds of messages that are measured. */
export type TimedName = 'CALL' | 'YIELD' | 'PUBLISH'

/**
 * Measures about one in 128 messages of a realm, chosen by chance (decision 130): how long it takes to find who gets it, and how long until it is on its
 * way to them.
 */
export class Timings {
  /** Durations of finding the registration of a call, and the subscriptions of an event. */
  readonly matches: { readonly CALL: Histogram; readonly PUBLISH: Histogram } = { CALL: matchTimes(), PUBLISH: matchTimes() }
  /** Durations from a message that has arrived to the messages that it causes, which have then been given to their transports or outboxes. */
  readonly hops: Readonly<Record<TimedName, Histogram>> = { CALL: hopTimes(), YIELD: hopTimes(), PUBLISH: hopTimes() }
  readonly #random: () => number
  /** Messages until one is measured. */
  #left: number

  /** `random` returns numbers from 0 up to, and without, 1. */
  constructor(random: () => number) {
    this.#random = random
    this.#left = this.#distance()
  }

  /** Counts a message. Returns whether it is one to measure. */
  isDue(): boolean {
    if (--this.#left > 0) return false
    this.#left = this.#distance()
    return true
  }

  /** Has a message handled, and measures how long that takes. */
  measure(message: Message, realm: TimedRealm, requests: TimedRequests): void {
    const { clock } = realm
    const name = names.get(message[0])
    if (name === undefined || requests.isWaiting) return requests.received(message)
    if (message[0] === MessageType.CALL || message[0] === MessageType.PUBLISH) this.#measureMatch(message[0], message[3], realm)
    const begin = clock.now()
    requests.received(message)
    // the time in which a permission was awaited says nothing about the router
    if (!requests.isWaiting) this.hops[name].add(clock.now() - begin)
  }

  /** Measures a search of its own, so that broker and dealer need not know of it. */
  #measureMatch(type: typeof MessageType.CALL | typeof MessageType.PUBLISH, uri: Uri, { clock, dealer, broker, limits }: TimedRealm): void {
    if (uri.length > limits.maxUriLength) return
    const begin = clock.now()
    if (type === MessageType.CALL) dealer.matching(uri)
    else broker.matching(uri)
    this.matches[type === MessageType.CALL ? 'CALL' : 'PUBLISH'].add(clock.now() - begin)
  }

  /** Each distance from 1 to 255 is as likely as any other, so that no rhythm of the messages hides a kind of them. */
  #distance(): number {
    return 1 + Math.floor(255 * this.#random())
  }
}

function matchTimes(): Histogram {
  return new Histogram([0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.1, 1, 10])
}

function hopTimes(): Histogram {
  return new Histogram([0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 10, 100])
}

const names: ReadonlyMap<number, TimedName> = new Map([
  [MessageType.CALL, 'CALL'],
  [MessageType.YIELD, 'YIELD'],
  [MessageType.PUBLISH, 'PUBLISH'],
])
