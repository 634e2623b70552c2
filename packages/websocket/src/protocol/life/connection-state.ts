import { CloseCode } from '../faults/close-code.ts'
import { CloseDetails } from './close-details.ts'
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
 * - `closed`: the transport was dropped, or is gone. No hook follows but `onClose`.
 *
 * That this side has given the connection up is a reason for its end and not a word of this list: see `giveUp`.
 */
export type Phase = 'connecting' | 'open' | 'closing-by-us' | 'closing-by-peer' | 'closed'

/**
 * The state of one connection, shared by its parts: the one place that knows which close frames passed, and what went wrong first.
 *
 * The questions are asked by the parts that send, read and end the connection; `closeInfo` makes of the answers what the application is
 * told (decision 68).
 */
export class ConnectionState {
  #phase: Phase = 'connecting'
  /** Made when the connection begins to end. */
  #madeEnd: End | undefined

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
   * Close frame." After the peer's fault this may be so for the rest of the turn, for answers to earlier messages: `Closing.failForPeer`.
   */
  get maySend(): boolean {
    return this.#phase === 'open'
  }

  /**
   * Whether what the peer sends is still read. Not after its close frame (RFC 6455 §5.5.1), and not once this side has dropped the transport or
   * given the connection up (§7.1.7: an endpoint "MUST NOT continue to attempt to process data (including a responding Close frame) from the
   * remote endpoint").
   */
  get mayRead(): boolean {
    if (this.#phase === 'closed') return false
    return this.#madeEnd === undefined || (this.#madeEnd.peerClose === undefined && this.#madeEnd.givenUp === undefined)
  }

  /** Whether no hook but `onClose` follows: the connection failed, was dropped, or is gone. It says nothing about sending. */
  get areHooksOver(): boolean {
    return this.#phase === 'closed' || this.#madeEnd?.givenUp !== undefined
  }

  /** Whether this side has given the connection up, so that it cannot end cleanly any more. */
  get isGivenUp(): boolean {
    return this.#madeEnd?.givenUp !== undefined
  }

  get hasSentClose(): boolean {
    return this.#madeEnd?.ourClose?.isSent === true
  }

  get hasReceivedClose(): boolean {
    return this.#madeEnd?.peerClose !== undefined
  }

  /** The peer's close frame, if it has come. */
  get peerClose(): PeerClose | undefined {
    return this.#madeEnd?.peerClose
  }

  /** Whether the peer has ended its side of the transport, and everything that it sent was parsed. */
  get hasPeerEnded(): boolean {
    return this.#madeEnd !== undefined && this.#madeEnd.peerEnd !== 'none'
  }

  /** Whether our close frame waits: for the end of a frame that is being streamed, or for messages that an extension still encodes. */
  get isCloseWaiting(): boolean {
    return this.#madeEnd?.ourClose?.isSent === false && this.#phase !== 'closed'
  }

  /** Whether the closing handshake is done, and only the end of the transport is missing (RFC 6455 §7.1.4: it was closed cleanly). */
  get hasBothCloseFrames(): boolean {
    return this.hasSentClose && this.hasReceivedClose && !this.isGivenUp
  }

  // ---- what happens

  /** Records that the opening handshake is done. */
  open(): void {
    if (this.#phase === 'connecting') this.#phase = 'open'
  }

  /** Records that nothing but our close frame goes out from now on. It may have to wait: see `closeSent`. */
  beginClose(code: number | undefined): void {
    if (!this.hasSentClose) this.#end.ourClose = { code, isSent: false }
    if (this.#phase === 'open') this.#phase = this.#end.by === 'peer' ? 'closing-by-peer' : 'closing-by-us'
  }

  /** Records that our close frame is written. */
  closeSent(): void {
    this.#end.by ??= 'self'
    this.#end.ourClose = { code: this.#end.ourClose?.code, isSent: true }
  }

  /** Records the peer's close frame. */
  closeReceived(code: number | undefined, reason: string): void {
    this.#end.by ??= 'peer'
    if (this.isCloseWaiting) this.#phase = 'closing-by-peer'
    this.#end.peerClose = { code, reason }
  }

  /**
   * Records that this side gives the connection up: it fails it (RFC 6455 §7.1.7), drops it, or has waited long enough. The first reason
   * counts.
   */
  giveUp(why: string, cause: Error | undefined): void {
    if (this.#end.givenUp !== undefined) return
    this.#end.by ??= 'self'
    this.#end.givenUp = { why, cause }
  }

  /** Records that this side refuses the opening handshake, and has said so with an HTTP response. */
  refuse(why: Error): void {
    this.giveUp(why.message, why)
    if (this.#phase === 'connecting') this.#phase = 'closing-by-us'
  }

  /** Records that the peer has ended its side of the transport. Neither side meant to end the connection if it was not open yet. */
  peerEnded(): void {
    if (this.#phase === 'connecting') {
      this.#end.by ??= 'network'
      this.#end.peerEnd = 'during-opening'
    } else if (this.#end.peerEnd === 'none') this.#end.peerEnd = 'later'
  }

  /** Records that this side has dropped the transport, or that it is gone. */
  transportDropped(): void {
    this.#phase = 'closed'
  }

  /** Describes how the connection ended, once the transport has ended. `error` is the transport's. RFC 6455 §7.1.4 to §7.1.6. */
  closeInfo(error: Error | undefined): CloseInfo {
    const wasClean = this.hasBothCloseFrames
    const cause = this.#end.givenUp?.cause ?? (wasClean ? undefined : error)
    const ourCode = this.hasSentClose ? this.#end.ourClose!.code : undefined
    return new CloseDetails({
      code: wasClean ? (this.#end.peerClose!.code ?? CloseCode.NoCode) : CloseCode.Abnormal,
      reason: wasClean ? this.#end.peerClose!.reason : (this.#end.givenUp?.why ?? this.#missing(error)),
      wasClean,
      by: this.#end.by ?? 'network',
      ...(ourCode !== undefined && { localCloseCode: ourCode }),
      ...(cause !== undefined && { cause }),
    })
  }

  get #end(): End {
    this.#madeEnd ??= { by: undefined, ourClose: undefined, peerClose: undefined, givenUp: undefined, peerEnd: 'none' }
    return this.#madeEnd
  }

  /** Says what was missing when the transport went: the opening handshake, or a close frame. */
  #missing(error: Error | undefined): string {
    if (this.#end.peerEnd === 'during-opening') return 'the peer ended the transport during the opening handshake'
    const how = error === undefined ? 'ended' : `was lost (${error.message})`
    if (this.hasReceivedClose) return `the transport ${how} before the peer's close frame was answered`
    return this.hasSentClose
      ? `the transport ${how} before the peer answered our close frame`
      : `the transport ${how} without a close frame`
  }
}

/** The facts of how a connection ends, as far as they are known. */
interface End {
  by: CloseInfo['by'] | undefined
  ourClose: { readonly code: number | undefined; readonly isSent: boolean } | undefined
  peerClose: PeerClose | undefined
  givenUp: { readonly why: string; readonly cause: Error | undefined } | undefined
  peerEnd: 'none' | 'during-opening' | 'later'
}

/** The code and reason of the peer's close frame. */
export interface PeerClose {
  readonly code: number | undefined
  readonly reason: string
}

const publicStates: Readonly<Record<Phase, State>> = {
  connecting: State.Connecting,
  open: State.Open,
  'closing-by-us': State.Closing,
  'closing-by-peer': State.Closing,
  closed: State.Closed,
}
