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
 *
 * The messages of all sessions are bounded too: in a turn that has had `messagesOfAll` of them, a session has `few` and waits then, among those that have sent
 * little, which are served beside those that have sent much (decision 168).
 */
export class SessionTurns {
  readonly #clock: Clock
  readonly #counted: TurnTaker[] = []
  /** In the order in which they have come. */
  readonly #waiting = new Set<TurnTaker>()
  /** Those that have sent few messages, and wait because all together have sent many. */
  readonly #waitingWithFew = new Set<TurnTaker>()
  #isAwaiting = false
  /** The messages of all sessions in this turn, and up to `watchedFrom` of turns before it. */
  #messages = 0
  #crowd = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Has a session count anew once this turn is over. */
  count(session: TurnTaker): void {
    this.#counted.push(session)
    this.#await()
  }

  /** Counts a message of any session. Returns whether this turn is crowded: a session has to look then how many it may still send. */
  countMessage(): boolean {
    if (++this.#messages < watchedFrom) return false
    if (this.#messages === watchedFrom) {
      this.#crowd = (this.#crowd + 1) % mostCrowds
      this.#await()
    }
    return true
  }

  /** The number of this crowded turn, from which sessions know that their messages count from 0. */
  get crowd(): number {
    return this.#crowd
  }

  /** The messages that one session may send in this crowded turn. The first one of each is always handled. */
  get few(): number {
    if (this.#messages < messagesOfAll) return messagesInTurn
    return this.#messages < 2 * messagesOfAll ? fewMessages : 1
  }

  /**
   * Lets a session go on in a later turn, behind those that wait already. A session waits once at a time. `withFew`: it has sent few messages, and does not wait
   * behind those that have sent many.
   */
  wait(session: TurnTaker, withFew = false): void {
    const waiting = withFew ? this.#waitingWithFew : this.#waiting
    waiting.add(session)
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
    this.#messages = 0
    this.#serve(this.#waitingWithFew, fewMessages)
    this.#serve(this.#waiting, messagesInTurn)
  }

  /** Serves those that wait, as many as may send `messagesInTurn`. `most`: the messages that one of them is expected to send. */
  #serve(waiting: Set<TurnTaker>, most: number): void {
    let left = messagesInTurn
    for (const session of waiting) {
      if (left <= 0) return this.#await()
      waiting.delete(session)
      left -= Math.min(most, session.share)
      session.takeTurn()
    }
  }
}

/** The messages that one session may send in one turn, and that all sessions that wait for their turns may. */
export const messagesInTurn = 32

/** The messages of all sessions in one turn from which on each may send few: 5 to 10 ms of work. */
export const messagesOfAll = 1024

/** The messages of one session in such a turn. */
export const fewMessages = 4

/** The messages of all sessions from which on those of each are counted exactly. */
const watchedFrom = messagesOfAll / 2

/** The numbers of crowded turns begin anew there: a small whole number costs no memory of its own. */
const mostCrowds = 2 ** 30
