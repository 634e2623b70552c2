import type { PreparedFrame } from '../extending/prepared-frame.ts'
import type { PreparedMessage } from './prepared-message.ts'

/** A message or a frame of a broadcast: made once, for many connections. */
export type Broadcast = PreparedMessage | PreparedFrame

/** The part of a connection that writes what broadcasts have brought. */
export interface BroadcastWriter {
  writeBroadcast(broadcast: Broadcast): void
}

/**
 * The messages of broadcasts that wait for one connection, kept as references until the `FlushQueue` comes to the connection: to write a
 * message for thousands of connections at once would keep the event loop.
 */
export class WaitingBroadcasts {
  /** There is mostly one, so a list is made for the second. */
  #first: Broadcast | undefined
  #others: Broadcast[] | undefined
  #octets = 0
  readonly #unchecked: number

  /** `unchecked`: octets that may wait before the limits of the connection have to be looked at. */
  constructor(unchecked: number) {
    this.#unchecked = unchecked
  }

  get isEmpty(): boolean {
    return this.#first === undefined
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

  /** Removes everything, then has it written in order. What is added meanwhile waits for the next call. */
  writeTo(writer: BroadcastWriter): void {
    const first = this.#first
    const others = this.#others
    if (first === undefined) return
    this.clear()
    writer.writeBroadcast(first)
    if (others !== undefined) for (const broadcast of others) writer.writeBroadcast(broadcast)
  }

  clear(): void {
    this.#first = this.#others = undefined
    this.#octets = 0
  }
}
