import type { Clock, Timer } from '@autobahn-ts/websocket/portable'
import type { Session } from '../session/session.ts'

/**
 * Asks a silent router for a sign of life, and drops a session whose router gives none: pages cannot ping, and notice a router that is gone only when
 * they send.
 *
 * The sign is any message. What is asked does not matter: a router that refuses or does not know the procedure answers too.
 */
export class Heartbeat {
  readonly #session: Session
  readonly #clock: Clock
  readonly #interval: number
  #timer: Timer | undefined
  #isAsked = false

  /** `interval`: milliseconds of silence. */
  constructor(session: Session, clock: Clock, interval: number) {
    this.#session = session
    this.#clock = clock
    this.#interval = interval
    this.#next()
  }

  stop(): void {
    this.#timer?.cancel()
  }

  #next(): void {
    this.#timer = this.#clock.schedule(() => this.#look(), this.#interval)
  }

  #look(): void {
    if (!this.#session.isOpen) return
    if (this.#session.takeHeard()) this.#isAsked = false
    else if (this.#isAsked) return this.#session.drop(`the router gave no sign of life for ${2 * this.#interval} ms`)
    else this.#ask()
    this.#next()
  }

  #ask(): void {
    this.#isAsked = true
    const answer = this.#session.router.isRole('dealer')
      ? this.#session.call('wamp.session.count', undefined, { isUncounted: true })
      : this.#session.publishAcknowledged('wamp.session.count', undefined, {})
    answer.catch(() => undefined)
  }
}
