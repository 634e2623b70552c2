import type { Octets } from '../../bytes/octets.ts'
import { isError } from '../faults/as-error.ts'
import { ApiMisuse } from '../faults/errors.ts'
import { shownValue } from '../faults/shown-value.ts'
import { checkCode, makeFailure } from '../frames/close-frame.ts'
import type { ClosingParts } from './closing-parts.ts'
import type { LastHooks } from './last-hooks.ts'
import { sendOurClose } from './our-close.ts'
import type { TcpEnd } from './tcp-end.ts'

/**
 * Fails a connection (RFC 6455 §7.1.7): it "SHOULD send a Close frame with an appropriate status code" (§7.4.1) "before proceeding to Close
 * the WebSocket Connection", and "MUST NOT continue to attempt to process data from the remote endpoint".
 *
 * Then this side of TCP is ended, and what the peer still sends is thrown away until it has ended its own, so that the close frame arrives.
 */
export class Failing {
  readonly #parts: ClosingParts
  readonly #tcp: TcpEnd
  readonly #lastHooks: LastHooks
  /** The close frame of a failure that lets handlers answer first: see `failForPeer`. */
  #postponed: FailureFrame | undefined

  constructor(parts: ClosingParts, tcp: TcpEnd, lastHooks: LastHooks) {
    this.#parts = parts
    this.#tcp = tcp
    this.#lastHooks = lastHooks
  }

  /** Fails the connection. Does nothing where it has failed before, or is closed. Throws `ApiMisuse` for what cannot be sent. */
  fail(code: number, reason: string, cause?: Error): void {
    this.sendPostponed()
    const { state, text } = this.#parts
    if (state.areHooksOver) return
    if (state.phase === 'connecting') throw new ApiMisuse('failConnection before the connection is open')
    checkCode(code)
    const frame = { code, payload: makeFailure(code, reason, text) }
    if (cause !== undefined && !isError(cause)) throw new ApiMisuse(`the cause of a failure must be an Error, and not ${shownValue(cause)}`)
    this.#record(code, reason, cause)
    this.#send(frame)
  }

  /**
   * Fails the connection for the peer's fault.
   *
   * Handlers in function style have been given the messages before the fault, and could not answer them yet. Their answers are sent first,
   * and the close frame follows in the same turn of the event loop, or as soon as the application ends the connection.
   */
  failForPeer(code: number, reason: string, cause: Error): void {
    const { answersInMicrotasks, state, incoming, options, text } = this.#parts
    if (!answersInMicrotasks || !state.maySend || options.failByDrop) return this.fail(code, reason, cause)
    if (state.isGivenUp) return
    this.#postponed = { code, payload: makeFailure(code, reason, text) }
    this.#record(code, reason, cause)
    incoming.discard()
    this.#lastHooks.onceHandlersRan(() => this.sendPostponed())
  }

  /** Whether the close frame of a failure is postponed. `sendPostponed` follows in this turn. */
  get isPostponed(): boolean {
    return this.#postponed !== undefined
  }

  /** Sends the close frame that was postponed, if there is one. */
  sendPostponed(): void {
    const frame = this.#postponed
    if (frame === undefined) return
    this.#postponed = undefined
    if (this.#parts.state.phase !== 'closed') this.#send(frame)
  }

  #record(code: number, reason: string, cause: Error | undefined): void {
    this.#parts.state.giveUp(`failed with ${code}: ${reason}`, cause)
    this.#parts.runner.stop()
  }

  #send({ code, payload }: FailureFrame): void {
    if (!this.#canSend) return this.#tcp.drop(true)
    this.#parts.outbox.abandon()
    sendOurClose(this.#parts, payload, code)
    this.#tcp.endOurSide()
  }

  /** Whether a close frame can say why: none may follow another one, and none can go into a frame that is being streamed (decision 6). */
  get #canSend(): boolean {
    const { options, state, outbox } = this.#parts
    return !options.failByDrop && !state.hasSentClose && !outbox.isInFrame
  }
}

interface FailureFrame {
  readonly code: number
  readonly payload: Octets
}
