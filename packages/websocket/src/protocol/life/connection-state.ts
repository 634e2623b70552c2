import { CloseCode } from '../faults/close-code.ts'
import type { CloseInfo } from './close-info.ts'
import { State } from './state.ts'

/**
 * The phase of a connection (RFC 6455 §4.1 and §7.1). It only moves down this list, and may skip entries.
 *
 * - `connecting`: the opening handshake is not done; only the handshake is sent.
 * - `open`: messages go both ways. This lasts until our close frame is begun, so hooks of messages that came before the peer's close frame
 *   can still answer them.
 * - `closing-by-us`: our close frame is sent, or waits to be sent, and the peer's had not come before. What the peer sends before its own
 *   is still delivered (§1.4). A handshake that we refuse is here too: an HTTP response takes the place of the close frame.
 * - `closing-by-peer`: the peer's close frame came before ours was sent, and ours answers it (§5.5.1).
 * - `closed`: the transport is let go of, or gone. No hook follows but `onClose`.
 *
 * That a connection failed is a reason for its end and not a word of this list: see `fail`.
 */
export type Phase = 'connecting' | 'open' | 'closing-by-us' | 'closing-by-peer' | 'closed'

/**
 * The state of one connection, shared by its parts: the one place that knows which close frames passed, and what went wrong first.
 *
 * The questions are asked by the parts that send, read and end the connection; `closeInfo` makes of the answers what the application is
 * told.
 */
export class ConnectionState {
  #phase: Phase = 'connecting'
  #by: CloseInfo['by'] | undefined
  #ourClose: { readonly code: number | undefined; readonly isSent: boolean } | undefined
  #peerClose: { readonly code: number | undefined; readonly reason: string } | undefined
  #failure: { readonly why: string; readonly cause: Error | undefined } | undefined
  #loss: string | undefined

  // ---- questions

  get phase(): Phase {
    return this.#phase
  }

  /** The state as applications see it. */
  get publicState(): State {
    return publicStates[this.#phase]
  }

  /**
   * Whether the application may begin to send something. RFC 6455 §5.5.1: "The application MUST NOT send any more data frames after sending a
   * Close frame."
   */
  get maySend(): boolean {
    return this.#phase === 'open'
  }

  /**
   * Whether what the peer sends is still read. Not after its close frame (RFC 6455 §5.5.1), and not once this side has let go of the transport
   * or failed the connection (§7.1.7: an endpoint "MUST NOT continue to attempt to process data (including a responding Close frame) from the
   * remote endpoint").
   */
  get mayRead(): boolean {
    return this.#peerClose === undefined && this.#failure === undefined && this.#phase !== 'closed'
  }

  /** Whether no hook but `onClose` follows: the connection failed, was dropped, or is gone. */
  get isOver(): boolean {
    return this.#phase === 'closed' || this.#failure !== undefined
  }

  get hasFailed(): boolean {
    return this.#failure !== undefined
  }

  get hasSentClose(): boolean {
    return this.#ourClose?.isSent === true
  }

  get hasReceivedClose(): boolean {
    return this.#peerClose !== undefined
  }

  /** Whether our close frame waits: for the end of a frame that is being streamed, or for messages that an extension still encodes. */
  get isCloseWaiting(): boolean {
    return this.#ourClose?.isSent === false && this.#phase !== 'closed'
  }

  /** Whether the closing handshake is done, and only the end of the transport is missing (RFC 6455 §7.1.4: it was closed cleanly). */
  get hasBothCloseFrames(): boolean {
    return this.hasSentClose && this.hasReceivedClose && !this.hasFailed
  }

  // ---- what happens

  /** Records that the opening handshake is done. */
  open(): void {
    if (this.#phase === 'connecting') this.#phase = 'open'
  }

  /** Records that nothing but our close frame goes out from now on. It may have to wait: see `closeSent`. */
  beginClose(code: number | undefined): void {
    if (!this.hasSentClose) this.#ourClose = { code, isSent: false }
    if (this.#phase === 'open') this.#phase = this.#by === 'peer' ? 'closing-by-peer' : 'closing-by-us'
  }

  /** Records that our close frame is written. */
  closeSent(): void {
    this.#by ??= 'self'
    this.#ourClose = { code: this.#ourClose?.code, isSent: true }
  }

  /** Records the peer's close frame. */
  closeReceived(code: number | undefined, reason: string): void {
    this.#by ??= 'peer'
    if (this.isCloseWaiting) this.#phase = 'closing-by-peer'
    this.#peerClose = { code, reason }
  }

  /** Records that this side fails or drops the connection: it cannot end cleanly any more. The first reason counts. */
  fail(why: string, cause: Error | undefined): void {
    if (this.#failure !== undefined) return
    this.#by ??= 'self'
    this.#failure = { why, cause }
  }

  /** Records that this side refuses the opening handshake, and has said so with an HTTP response. */
  refuse(why: Error): void {
    this.fail(why.message, why)
    if (this.#phase === 'connecting') this.#phase = 'closing-by-us'
  }

  /** Records what the transport did, where neither side meant to end the connection. */
  lose(why: string): void {
    this.#by ??= 'network'
    this.#loss ??= why
  }

  /** Records that the transport is let go of, or gone. */
  close(): void {
    this.#phase = 'closed'
  }

  /** Describes how the connection ended, once the transport has ended. `error` is the transport's. RFC 6455 §7.1.4 to §7.1.6. */
  closeInfo(error: Error | undefined): CloseInfo {
    const wasClean = this.hasBothCloseFrames
    const cause = this.#failure?.cause ?? (wasClean ? undefined : error)
    const ourCode = this.hasSentClose ? this.#ourClose!.code : undefined
    return {
      code: wasClean ? (this.#peerClose!.code ?? CloseCode.NoCode) : CloseCode.Abnormal,
      reason: wasClean ? this.#peerClose!.reason : (this.#failure?.why ?? this.#loss ?? this.#missing(error)),
      wasClean,
      by: this.#by ?? 'network',
      ...(ourCode !== undefined && { localCloseCode: ourCode }),
      ...(cause !== undefined && { cause }),
    }
  }

  /** Says which close frame was missing when the transport went. */
  #missing(error: Error | undefined): string {
    const how = error === undefined ? 'ended' : `was lost (${error.message})`
    if (this.hasReceivedClose) return `the transport ${how} before the peer's close frame was answered`
    return this.hasSentClose
      ? `the transport ${how} before the peer answered our close frame`
      : `the transport ${how} without a close frame`
  }
}

const publicStates: Readonly<Record<Phase, State>> = {
  connecting: State.Connecting,
  open: State.Open,
  'closing-by-us': State.Closing,
  'closing-by-peer': State.Closing,
  closed: State.Closed,
}
