import type { PreparedFrame } from '../extending/prepared-frame.ts'
import { UnsentLimitExceeded } from '../faults/errors.ts'
import type { SendOutcome } from '../frames/send-options.ts'
import type { PreparedMessage } from './prepared-message.ts'

/** A message or a frame of a broadcast: made once, for many connections. */
export type Broadcast = PreparedMessage | PreparedFrame

/** The outbox of the connection that broadcasts are sent to. */
export interface BroadcastReceiver {
  readonly maySend: boolean
  /** Whether the last send method has returned `full`. */
  readonly isFull: boolean
  /** Whether the peer reads slowly. */
  readonly isSlow: boolean
  /** Whether more than `maxUnsentSize` is unsent. */
  readonly isAboveLimit: boolean
  /** Has the flush queue come to this connection at the end of the turn. */
  flushLater(): void
  /** Sends a broadcast now, if there is room. Throws what its encoder throws, and `UnsentLimitExceeded`. */
  sendBroadcast(broadcast: Broadcast): SendOutcome
  encodingFailed(error: unknown): void
}

/**
 * The broadcasts that one connection has taken and not sent yet.
 *
 * To write a message for thousands of connections at once would keep the event loop. So a broadcast leaves a reference with each connection, and
 * the flush queue has them sent, some connections at a time (decision 44). Whatever else the connection sends meanwhile goes behind them.
 */
export class PendingBroadcasts {
  readonly #receiver: BroadcastReceiver
  readonly #unchecked: number
  #first: Broadcast | undefined
  /** Those behind the first. There is mostly one broadcast, so a list is made for the second. */
  #others: Broadcast[] | undefined
  #octets = 0

  /** `unchecked`: octets that may be pending before the limits of the connection have to be checked, which costs more than all else here. */
  constructor(receiver: BroadcastReceiver, unchecked: number) {
    this.#receiver = receiver
    this.#unchecked = unchecked
  }

  /** Octets of payload that are pending. */
  get octets(): number {
    return this.#octets
  }

  /**
   * Takes a broadcast, and returns whether it did. A connection above `maxUnsentSize` sends or refuses it at once; any other keeps it until
   * the flush queue comes. `evenSlow`: takes it also if the peer reads slowly.
   */
  take(broadcast: Broadcast, evenSlow: boolean): boolean {
    const receiver = this.#receiver
    if (receiver.isFull || this.#octets > this.#unchecked) {
      if (!evenSlow && receiver.isSlow) return false
      if (receiver.isAboveLimit) {
        this.sendAll()
        return this.#send(broadcast) && receiver.maySend
      }
    }
    if (this.#first === undefined) receiver.flushLater()
    this.#add(broadcast)
    return true
  }

  /** Sends what is pending. Broadcasts that come meanwhile wait for the next time. */
  sendAll(): void {
    const first = this.#first
    if (first === undefined) return
    const others = this.#others
    this.clear()
    this.#send(first)
    if (others !== undefined) for (const broadcast of others) this.#send(broadcast)
  }

  /** Forgets what is pending. */
  clear(): void {
    this.#first = this.#others = undefined
    this.#octets = 0
  }

  #add(broadcast: Broadcast): void {
    this.#octets += broadcast.payload.length
    if (this.#first === undefined) this.#first = broadcast
    else if (this.#others === undefined) this.#others = [broadcast]
    else this.#others.push(broadcast)
  }

  /**
   * Sends a broadcast, and returns whether it was taken. The policy `throw` counts as skipped here, because the broadcaster is not the slow
   * peer; the result of the broadcast tells.
   */
  #send(broadcast: Broadcast): boolean {
    if (!this.#receiver.maySend) return false
    try {
      return this.#receiver.sendBroadcast(broadcast) !== 'skipped'
    } catch (error) {
      if (!(error instanceof UnsentLimitExceeded)) this.#receiver.encodingFailed(error)
      return false
    }
  }
}
