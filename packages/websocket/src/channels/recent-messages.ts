import type { KeptPlace } from '../bus/keeping-bus.ts'
import type { Octets } from '../bytes/octets.ts'

/** A message that was passed on. */
export interface RecentMessage {
  readonly octets: Octets
  readonly place: KeptPlace
}

/**
 * The last messages that were passed on to the members of a channel, for those who are still sent earlier ones: they have caught up when they have all
 * before the first of these. At most 10,000 messages and 16 MiB.
 */
export class RecentMessages {
  /** By their order. */
  readonly #messages = new Map<number, RecentMessage>()
  #octets = 0
  /** The order from which on all messages are here. */
  #from: number

  /** `from` is the order from which on messages are added. */
  constructor(from: number) {
    this.#from = from
  }

  add(message: RecentMessage): void {
    this.#messages.set(message.place.order, message)
    this.#octets += message.octets.length
    while (this.#messages.size > mostMessages || this.#octets > mostOctets) this.#drop()
  }

  /** Tells whether all messages from an order on that were passed on are here. */
  has(order: number): boolean {
    return order >= this.#from
  }

  /** Returns the messages from an order on. */
  since(order: number): RecentMessage[] {
    return [...this.#messages.values()].filter(({ place }) => place.order >= order)
  }

  #drop(): void {
    for (const [order, { octets }] of this.#messages) {
      this.#messages.delete(order)
      this.#octets -= octets.length
      this.#from = order + 1
      return
    }
  }
}

const mostMessages = 10_000
const mostOctets = 16 * 1024 * 1024
