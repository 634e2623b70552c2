import type { PreparedFrame } from '../extending/prepared-frame.ts'
import type { PreparedMessage } from './prepared-message.ts'

/** A message or a frame of a broadcast: made once, for many connections. */
export type Broadcast = PreparedMessage | PreparedFrame

/**
 * The messages of broadcasts that wait for one connection, kept as references until the `FlushQueue` comes to the connection: to write a
 * message for thousands of connections at once would keep the event loop (decision 44).
 */
export class WaitingBroadcasts {
  #first: Broadcast | undefined
  #others: Broadcast[] | undefined
  #octets = 0
  readonly #unchecked: number

  /** `unchecked`: octets that may wait before the limits of the connection have to be looked at. */
  constructor(unchecked: number) {
    this.#unchecked = unchecked
  }

  /** The first one that waits; `undefined` if none does. */
  get first(): Broadcast | undefined {
    return this.#first
  }

  /** Those behind the first, in order. There is mostly one broadcast, so a list is made for the second. */
  get others(): readonly Broadcast[] | undefined {
    return this.#others
  }

  /** Octets of payload that wait. */
  get octets(): number {
    return this.#octets
  }

  /** Whether so much waits that the limits of the connection have to be looked at before more is added. */
  get needsCheck(): boolean {
    return this.#octets > this.#unchecked
  }

  add(broadcast: Broadcast): void {
    this.#octets += broadcast.payload.length
    if (this.#first === undefined) this.#first = broadcast
    else if (this.#others === undefined) this.#others = [broadcast]
    else this.#others.push(broadcast)
  }

  clear(): void {
    this.#first = this.#others = undefined
    this.#octets = 0
  }
}
