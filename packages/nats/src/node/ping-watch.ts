/** The part of a connection that is watched. */
export interface Pinged {
  readonly isConnected: boolean
  /** Sends a ping, and resolves when it is answered; rejects when the connection ends before. */
  ping(): Promise<void>
  /** Called when the link is dead. */
  dead(): void
}

/**
 * Pings a connection each second. When two pings have not been answered, the link is dead: at most 3 s after the last answer. TCP alone would
 * take minutes to notice, and the pings of the NATS client four.
 *
 * When the event loop has stood still, answers may lie unread, so pings of before do not count.
 */
export class PingWatch {
  readonly #connection: Pinged
  readonly #timer: NodeJS.Timeout
  #unanswered = 0
  #lastTurn = performance.now()

  constructor(connection: Pinged) {
    this.#connection = connection
    this.#timer = setInterval(() => this.#turn(), interval)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #turn(): void {
    const now = performance.now()
    const hasStood = now - this.#lastTurn > interval * 1.5
    this.#lastTurn = now
    if (!this.#connection.isConnected || hasStood) this.#unanswered = 0
    if (!this.#connection.isConnected) return
    if (this.#unanswered >= mostUnanswered) {
      this.#unanswered = 0
      this.#connection.dead()
      return
    }
    this.#unanswered++
    this.#connection.ping().then(
      () => {
        this.#unanswered = 0
      },
      () => undefined,
    )
  }
}

const interval = 1000
const mostUnanswered = 2
