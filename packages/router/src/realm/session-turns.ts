import type { Clock } from '@autobahn-ts/websocket/portable'

/** A session, as the turns see it. */
export interface TurnTaker {
  /** The most messages that it may handle in a turn that it takes. */
  readonly share: number
  /** A new turn has begun: its messages count from 0. */
  countAnew(): void
  /** It has its turn: it goes on to read. */
  takeTurn(): void
}

/**
 * Divides the turns of the event loop among sessions that have more messages than fit in one, so that all others wait for a few messages, and not for all
 * that have arrived (decision 150).
 *
 * Sessions that wait are served one after the other, as many in one turn as `messagesInTurn` allows; between two turns the sockets of all others are read.
 * It costs nothing as long as no session has half of its share in one turn.
 */
export class SessionTurns {
  readonly #clock: Clock
  readonly #counted: TurnTaker[] = []
  /** In the order in which they have come. */
  readonly #waiting = new Set<TurnTaker>()
  #isAwaiting = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Has a session count anew once this turn is over. */
  count(session: TurnTaker): void {
    this.#counted.push(session)
    this.#await()
  }

  /** Lets a session go on in a later turn, behind those that wait already. A session waits once at a time. */
  wait(session: TurnTaker): void {
    this.#waiting.add(session)
    this.#await()
  }

  #await(): void {
    if (this.#isAwaiting) return
    this.#isAwaiting = true
    // not among the pieces of long work, such as inflating: a turn of sessions is shorter than those
    this.#clock.yield(() => this.#begin(), true)
  }

  #begin(): void {
    this.#isAwaiting = false
    for (const session of this.#counted.splice(0)) session.countAnew()
    let left = messagesInTurn
    for (const session of this.#waiting) {
      if (left <= 0) return this.#await()
      this.#waiting.delete(session)
      left -= session.share
      session.takeTurn()
    }
  }
}

/** The messages that one session may send in one turn, and that all sessions that wait for their turns may. */
export const messagesInTurn = 32
