import type { ClosingDeadlines } from './closing-deadlines.ts'
import type { ClosingParts } from './closing-parts.ts'

/**
 * The end of TCP (RFC 6455 §7.1.1), in one of two ways: this side is ended and the peer's awaited, or the whole transport is dropped. After
 * `drop` the state is `closed`.
 */
export class TcpEnd {
  readonly #parts: ClosingParts
  readonly #deadlines: ClosingDeadlines

  constructor(parts: ClosingParts, deadlines: ClosingDeadlines) {
    this.#parts = parts
    this.#deadlines = deadlines
  }

  /**
   * Ends this side, and throws away what the peer still sends until it has ended its own: closing a socket with unread input makes the
   * kernel reset the connection, and what was sent last may be lost.
   */
  endOurSide(): void {
    const { stream, incoming } = this.#parts
    stream.end()
    incoming.discard()
    this.#deadlines.wait('until-last-octets-arrive')
  }

  /** Drops the transport; with `abort` what is unsent is lost. One that is not gone in time is destroyed. */
  drop(abort: boolean): void {
    const { state, events, runner, incoming, outbox, stream } = this.#parts
    if (!abort) {
      outbox.writeDue()
      if (state.phase === 'closed') return
    }
    state.transportDropped()
    runner.stop()
    events.endBegan()
    if (abort) outbox.discard()
    else outbox.flush()
    incoming.discard()
    this.#deadlines.stopAll()
    stream.destroy(abort)
    if (!abort) this.#deadlines.wait('until-transport-is-gone')
  }

  /** Drops a transport whose time is over. Where octets may still be on their way to the peer it is ended, since a reset would discard them. */
  dropOverdue(): void {
    this.drop(!this.#deadlines.mayBeOnTheWay)
  }

  /** Gives the connection up: nothing more is said, and what is unsent is lost. */
  giveUp(why: string, cause?: Error): void {
    this.#parts.state.giveUp(why, cause)
    this.drop(true)
  }
}
