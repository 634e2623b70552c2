import type { Octets, ReceivedOctets } from '../../bytes/octets.ts'
import { ApiMisuse } from '../faults/errors.ts'
import { makeClose, parseClose } from '../frames/close-frame.ts'
import type { ClosingDeadlines } from './closing-deadlines.ts'
import type { ClosingParts } from './closing-parts.ts'
import type { LastHooks } from './last-hooks.ts'
import { sendOurClose } from './our-close.ts'
import type { TcpEnd } from './tcp-end.ts'

/**
 * The progress of this side with the peer's close frame. `ConnectionState` knows which close frames have passed.
 *
 * - `not-here`: it has not come.
 * - `behind-hooks`: it has come, and the hooks of what the peer sent before it are called first.
 * - `answered`: the answer was given to the outbox, where it may have to wait, or our close frame had been sent before.
 * - `done`: both close frames have passed, and only the transport has to end.
 */
type Step = 'not-here' | 'behind-hooks' | 'answered' | 'done'

/**
 * The closing handshake (RFC 6455 §7.1.2): each side sends a close frame, and then the server ends TCP (§7.1.1).
 *
 *     we close     begin ─► closeReceived ──────► (hooks) ─► answer ─► #done
 *     peer closes           closeReceived ──────► (hooks) ─► answer ─► closeFrameSent ─► #done
 *
 * "Upon receiving such a frame, the other peer sends a Close frame in response, if it hasn't already sent one" (§1.4).
 */
export class ClosingHandshake {
  readonly #parts: ClosingParts
  readonly #tcp: TcpEnd
  readonly #lastHooks: LastHooks
  readonly #deadlines: ClosingDeadlines
  #step: Step = 'not-here'

  constructor(parts: ClosingParts, tcp: TcpEnd, lastHooks: LastHooks, deadlines: ClosingDeadlines) {
    this.#parts = parts
    this.#tcp = tcp
    this.#lastHooks = lastHooks
    this.#deadlines = deadlines
  }

  // ---- our close

  /** Makes the payload of the close frame that an application asks for. Throws `ApiMisuse` as `makeClose` does, and before the opening. */
  closePayload(code: number | undefined, reason: string): Octets {
    if (this.#parts.state.phase === 'connecting') throw new ApiMisuse('sendClose before the connection is open')
    return makeClose(code, reason, this.#parts.text)
  }

  /** Sends our close frame. Returns false where nothing may be sent any more. */
  begin(payload: Octets, code: number | undefined): boolean {
    const { state } = this.#parts
    if (!state.maySend) return false
    sendOurClose(this.#parts, payload, code)
    if (!state.hasBothCloseFrames && state.phase !== 'closed') this.#deadlines.wait('until-peer-closes')
    return true
  }

  /**
   * Ends a connection that waited too long for the peer's close frame. It may be here, behind messages whose hooks the application holds;
   * and our own may have been kept from going out, so that the peer is not to blame.
   */
  notAnswered(): void {
    const { state, runner, options } = this.#parts
    const why = state.isCloseWaiting
      ? 'our close frame had to wait for something that was not completed'
      : runner.isHeld
        ? 'the application holds the reading'
        : 'the peer did not answer'
    state.giveUp(`closing handshake not finished within ${options.closeHandshakeTimeout} s: ${why}`, undefined)
    this.#tcp.dropOverdue()
  }

  // ---- the peer's close

  /** Takes the peer's close frame: calls `onCloseFrame` behind the hooks that wait. `answer` follows when they are done. */
  closeReceived(payload: ReceivedOctets): void {
    const { incoming, hooks, state, text, events } = this.#parts
    const { code, reason } = parseClose(payload, text)
    // decoded before the hook, which may change or transfer the octets
    state.closeReceived(code, text.decode(reason))
    events.endBegan()
    this.#step = 'behind-hooks'
    this.#lastHooks.call(() => hooks.onCloseFrame(code, reason))
    incoming.discard()
    if (!this.#lastHooks.areWaiting) return
    // both close frames are here: only the application is waited for now
    if (state.hasSentClose) this.#deadlines.stopWaiting()
    this.#lastHooks.wait()
  }

  /** Whether the peer's close frame is here, and the handshake goes on by itself: with hooks, or with our answer that has to wait. */
  get isAnswering(): boolean {
    return (this.#step === 'behind-hooks' || this.#step === 'answered') && !this.#parts.state.isGivenUp
  }

  // ---- the answer

  /** Answers the peer's close frame, if our own has not been sent. The code is always echoed; the reason is, with `echoCloseCodeReason`. */
  answer(): void {
    const { options, outbox, state, text } = this.#parts
    this.#step = 'answered'
    this.#deadlines.stopWaitingForHooks()
    if (state.hasSentClose) return this.#done()
    // what broadcasts have brought goes in front of the answer, and may end the connection: by the limit, or by an encoder that fails
    outbox.writeDue()
    if (!state.maySend) return
    const { code, reason } = state.peerClose!
    sendOurClose(this.#parts, makeClose(code, options.echoCloseCodeReason ? reason : '', text), code)
    if (!state.hasSentClose) this.#deadlines.wait('until-answer-leaves')
  }

  /** Ends a connection where our answer has waited too long for the end of a streamed frame. */
  answerNotSent(): void {
    const { closeHandshakeTimeout } = this.#parts.options
    this.#tcp.giveUp(`a frame was left incomplete for ${closeHandshakeTimeout} s after the peer's close frame`)
  }

  /** Takes note that our close frame, or that of a failure, has been given to the transport. */
  closeFrameSent(): void {
    if (!this.#parts.state.hasBothCloseFrames) this.#deadlines.drained()
    else if (this.#step === 'behind-hooks') this.#deadlines.stopWaiting()
    else this.#done()
  }

  // ---- done

  /** Ends a closing handshake that is done. The server ends TCP first, and a client gives it a moment to (RFC 6455 §7.1.1). */
  #done(): void {
    const { state, isServer, stream } = this.#parts
    if (this.#step === 'done') return
    this.#step = 'done'
    if (state.hasPeerEnded) return this.#tcp.drop(false)
    if (isServer) stream.end()
    this.#deadlines.wait('until-peer-ends')
  }
}
