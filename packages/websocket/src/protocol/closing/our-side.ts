import type { Octets } from '../../bytes/octets.ts'
import type { ClosingDeadlines } from './closing-deadlines.ts'
import type { ClosingParts } from './closing-parts.ts'

/** The steps by which this side ends: its close frame, the end of its side of TCP, and the transport that is let go of (RFC 6455 §7.1.1). */
export class OurSide {
  readonly #parts: ClosingParts
  readonly #deadlines: ClosingDeadlines

  constructor(parts: ClosingParts, deadlines: ClosingDeadlines) {
    this.#parts = parts
    this.#deadlines = deadlines
  }

  /** Sends our close frame. It may have to wait, and `closeFrameSent` follows when it is sent. */
  sendCloseFrame(payload: Octets, code: number | undefined): void {
    const { state, events, outbox } = this.#parts
    state.beginClose(code)
    events.endBegan()
    outbox.sendClose(payload)
  }

  /**
   * Ends this side of TCP, and throws away what the peer still sends: closing a socket with unread input makes the kernel reset the
   * connection, and what was sent last may be lost.
   */
  endAndLinger(): void {
    const { stream, incoming } = this.#parts
    stream.end()
    incoming.discard()
    this.#deadlines.wait('until-last-octets-arrive')
  }

  /** Gives up a connection: nothing more is said, and what is unsent is lost. */
  giveUp(why: string, cause?: Error): void {
    this.#parts.state.giveUp(why, cause)
    this.drop(true)
  }

  /**
   * Lets go of the transport when the time is over. Where octets may still be on their way to the peer, it is ended, since a reset would
   * discard them.
   */
  cutOff(): void {
    this.drop(!this.#deadlines.mayBeOnTheWay)
  }

  /** Lets go of the transport; with `abort` what is unsent is lost. One that is not gone in time is cut off. */
  drop(abort: boolean): void {
    const { state, events, runner, incoming, outbox, stream } = this.#parts
    if (!abort) {
      outbox.writeDue()
      if (state.phase === 'closed') return
    }
    state.letGo()
    runner.stop()
    events.endBegan()
    if (abort) outbox.discard()
    else outbox.flush()
    incoming.discard()
    this.#deadlines.cancel()
    stream.destroy(abort)
    if (!abort) this.#deadlines.wait('until-transport-is-gone')
  }
}
