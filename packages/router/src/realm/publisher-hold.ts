import type { Clock, Timer } from '@autobahn-ts/websocket/portable'
import type { AwaitedRoom, WaitingPublisher } from '../parties/awaited-room.ts'
import type { Party } from '../parties/party.ts'

/** A session that can be held: it is not read from `pause` until `resume`. */
export interface Held {
  pause(): void
  resume(): void
}

/**
 * Holds one publisher whose receivers are all full: it is not read until one of them has room or is gone, and for a second at most
 * (decision 151).
 */
export class PublisherHold implements WaitingPublisher {
  readonly #clock: Clock
  readonly #held: Held
  /** The rooms that are awaited. */
  #rooms: readonly AwaitedRoom[] = []
  #timer: Timer | undefined

  constructor(clock: Clock, held: Held) {
    this.#clock = clock
    this.#held = held
  }

  /** Begins to wait for receivers. Returns false where it waits already, or where none of them takes anything. */
  begin(receivers: readonly Party[]): boolean {
    if (this.#timer !== undefined) return false
    const now = this.#clock.now()
    const rooms = receivers.map(({ room }) => room).filter(room => !room.isGivenUp(now))
    if (rooms.length === 0) return false
    for (const room of rooms) room.add(this, now)
    this.#rooms = rooms
    this.#timer = this.#clock.schedule(() => this.goOn(), longestHold)
    this.#held.pause()
    return true
  }

  goOn(): void {
    if (this.#timer === undefined) return
    this.stop()
    this.#held.resume()
  }

  /** Forgets the wait, of a session that is over. */
  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    for (const room of this.#rooms) room.delete(this)
    this.#rooms = []
  }
}

/** Milliseconds. */
const longestHold = 1000
