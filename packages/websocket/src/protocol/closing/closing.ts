import type { ReceivedOctets } from '../../bytes/octets.ts'
import type { CloseInfo } from '../life/close-info.ts'
import { ClosingDeadlines, type DeadlineEvents, type Wait } from './closing-deadlines.ts'
import { ClosingHandshake } from './closing-handshake.ts'
import type { ClosingParts } from './closing-parts.ts'
import { Failing } from './failing.ts'
import { LastHooks, type LastHooksEvents } from './last-hooks.ts'
import { TcpEnd } from './tcp-end.ts'

/**
 * The ways in which a connection ends (RFC 6455 §7): which call, what goes out for it, and what is waited for then.
 *
 *     call                 goes out                                    by                 then waits
 *     ──────────────────── ─────────────────────────────────────────── ────────────────── ─────────────────────────────────────────
 *     sendClose            the close frame                             ClosingHandshake   until-peer-closes
 *     closeReceived        the answer, behind hooks that wait          ClosingHandshake   for those hooks; until-answer-leaves
 *       both have passed   a server ends its side of TCP (§7.1.1)      ClosingHandshake   until-peer-ends
 *     fail, failForPeer    the close frame, then the end of TCP        Failing            until-last-octets-arrive
 *       nothing to say¹    nothing                                     Failing            –
 *     refused              the end of TCP, behind the HTTP response    TcpEnd             until-last-octets-arrive
 *     dropConnection       what is unsent; nothing with `abort`        TcpEnd             until-transport-is-gone
 *     peerEnded            what is unsent                              TcpEnd             for hooks; until-transport-is-gone
 *     giveUp               nothing                                     TcpEnd             –
 *
 * ¹ With `failByDrop`, when our close frame has been sent before, or within a frame that is being streamed.
 *
 * Four verbs: *fail* says why with a close frame, *give up* says nothing more, *end* ends this side of TCP and waits for the peer's, and *drop*
 * takes the whole transport away. `ConnectionState` knows what has passed, and answers what the connection is allowed meanwhile;
 * `ClosingDeadlines` has the table of what is waited for, and how long.
 *
 * Two things come back later, and both come to this class: `timeIsUp` when something was waited for in vain, and `lastHooksDone` when the
 * application has been told everything in front of the end.
 */
export class Closing implements DeadlineEvents, LastHooksEvents {
  readonly #parts: ClosingParts
  readonly #deadlines: ClosingDeadlines
  readonly #tcp: TcpEnd
  readonly #lastHooks: LastHooks
  readonly #failing: Failing
  readonly #handshake: ClosingHandshake

  constructor(parts: ClosingParts) {
    this.#parts = parts
    this.#deadlines = new ClosingDeadlines(parts, this)
    this.#tcp = new TcpEnd(parts, this.#deadlines)
    this.#lastHooks = new LastHooks(parts, this.#deadlines, this)
    this.#failing = new Failing(parts, this.#tcp, this.#lastHooks)
    this.#handshake = new ClosingHandshake(parts, this.#tcp, this.#lastHooks, this.#deadlines)
  }

  // ---- this side ends it

  /** Begins the closing handshake (RFC 6455 §7.1.2). Returns false where it has begun, or where the connection has failed. */
  sendClose(code: number | undefined, reason: string): boolean {
    const payload = this.#handshake.closePayload(code, reason)
    // what a broadcast has brought in this turn goes in front of the close frame, and so does the one of a failure
    this.#parts.outbox.writeDue()
    this.#failing.sendPostponed()
    return this.#handshake.begin(payload, code)
  }

  /** Fails the connection (RFC 6455 §7.1.7) for a reason of this side. Does nothing where it has failed before, or is closed. */
  fail(code: number, reason: string, cause?: Error): void {
    this.#failing.fail(code, reason, cause)
  }

  /** Fails the connection for the peer's fault. From now on nothing that the peer sends is processed (RFC 6455 §7.1.7). */
  failForPeer(code: number, reason: string, cause: Error): void {
    this.#failing.failForPeer(code, reason, cause)
  }

  /** Drops a connection whose peer cannot be reached any more: no close frame, and what is unsent is lost. */
  giveUp(why: string, cause?: Error): void {
    this.#tcp.giveUp(why, cause)
  }

  /** Ends a connection whose opening handshake was refused. The refusal is written; lingering lets it arrive. */
  refused(why: Error): void {
    this.#parts.state.refuse(why)
    this.#parts.runner.stop()
    this.#tcp.endOurSide()
  }

  /** Drops the transport without a closing handshake; with `abort` what is unsent is lost. */
  dropConnection(abort: boolean): void {
    if (this.#parts.state.phase === 'closed') return
    this.#parts.state.giveUp('dropped by this side', undefined)
    this.#tcp.drop(abort)
  }

  /** Takes note that the system has taken what was written. */
  drained(): void {
    this.#deadlines.drained()
  }

  /** Takes note that our close frame has been sent. Where it had to wait, the peer's may be there by now. */
  closeFrameSent(): void {
    this.#handshake.closeFrameSent()
  }

  // ---- the peer ends it

  /** Takes the peer's close frame. What comes behind it does not count any more (RFC 6455 §5.5.1). */
  closeReceived(payload: ReceivedOctets): void {
    this.#handshake.closeReceived(payload)
  }

  /**
   * Takes the end of the peer's side of the transport, when everything it sent was parsed, and again when the hooks of it have been called.
   */
  peerEnded(): void {
    const { state, runner } = this.#parts
    if (state.phase === 'closed') return
    const isNew = !state.hasPeerEnded
    state.peerEnded()
    // the close frame of a failure and the answer to the peer's go first: behind them the transport ends, since `hasPeerEnded` holds
    if (this.#failing.isPostponed || this.#handshake.isAnswering) return
    if (!runner.isHeld || runner.isStopped) this.#tcp.drop(false)
    else if (isNew) this.#lastHooks.wait()
  }

  /** Takes the end of the transport, and returns how the connection ended. */
  transportClosed(error: Error | undefined): CloseInfo {
    const { state, events, runner, incoming, outbox } = this.#parts
    state.transportDropped()
    this.#deadlines.stopAll()
    events.endBegan()
    runner.stop()
    incoming.discard()
    outbox.discard()
    return state.closeInfo(error)
  }

  // ---- what comes back later

  timeIsUp(wait: Wait): void {
    switch (wait) {
      case 'until-peer-closes':
        return this.#handshake.notAnswered()
      case 'until-answer-leaves':
        return this.#handshake.answerNotSent()
      case 'until-peer-ends':
      case 'until-last-octets-arrive':
        return this.#tcp.dropOverdue()
      case 'until-transport-is-gone':
        return this.#parts.stream.destroy(true)
    }
  }

  /** Goes on behind the hooks in front of the end: with the answer to the peer's close frame, or with the end of its side of TCP. */
  lastHooksDone(): void {
    if (this.#handshake.isAnswering) this.#handshake.answer()
    else this.#tcp.drop(false)
  }
}
