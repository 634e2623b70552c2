import { copyOf, noOctets, type Octets } from '../../bytes/octets.ts'
import type { Runtime } from '../../bytes/runtime.ts'
import type { Text } from '../../bytes/text.ts'
import type { ExtensionChain } from '../extending/extension-chain.ts'
import type { PreparedFrame } from '../extending/prepared-frame.ts'
import { counted } from '../faults/counted.ts'
import { ApiMisuse } from '../faults/errors.ts'
import { firstOctet } from '../frames/frame-header.ts'
import { Opcode } from '../frames/opcode.ts'
import { type FrameOptions, fragmentSizeOf, type SendOptions } from '../frames/send-options.ts'
import type { TrafficStats } from '../life/traffic-stats.ts'
import { BegunMessage } from './begun-message.ts'
import { Piece } from './encode-piece.ts'
import { EncodedMessages } from './encoded-messages.ts'
import type { EncodingEvents } from './encoding-queue.ts'
import { FrameWriter, type WriterRules } from './frame-writer.ts'
import type { OutgoingBatch } from './outgoing-batch.ts'
import { type MadeMessage, makeMessage, type PreparedMessage } from './prepared-message.ts'
import { checkedLength, StreamedFrame } from './streamed-frame.ts'

/**
 * Makes frames of messages, whole or in parts (RFC 6455 §5.4 and §5.6), and checks the order of calls:
 *
 *     putMessage, putCopy, putPreparedMessage          a whole message, in one frame or in fragments
 *     openMessage, putFrame …, closeMessage            a message frame by frame
 *     openMessage, openFrame, putData …, closeMessage  a message whose frames are streamed
 *     putOtherFrame, putPreparedFrame                  a control frame, or one of an extension; not inside a streamed frame
 *
 * A message is open while there is a `#message`, and a frame is being streamed while there is a `#frame`.
 *
 * The methods for messages return whether what they were given was taken. It was not where an encoder has failed, which ends the connection.
 */
export class Framer {
  readonly #frames: FrameWriter
  /** The way of messages through the extensions; `undefined` where none transforms them. */
  readonly #encoded: EncodedMessages | undefined
  readonly #chain: ExtensionChain
  readonly #text: Text
  readonly #autoFragmentSize: number
  readonly #messageTap: ((isBinary: boolean, size: number) => void) | undefined
  #stats: TrafficStats | undefined
  #message: BegunMessage | undefined
  #frame: StreamedFrame | undefined

  constructor(parts: {
    readonly batch: OutgoingBatch
    readonly chain: ExtensionChain
    readonly rules: WriterRules
    readonly runtime: Pick<Runtime, 'clock' | 'crypto' | 'text'>
    readonly stats: TrafficStats
    /** The protocol, for taps. */
    readonly source: object | undefined
    /** Called with each message that is sent, when all of it was taken. */
    readonly messageTap?: ((isBinary: boolean, size: number) => void) | undefined
    readonly autoFragmentSize: number
    readonly events: EncodingEvents
  }) {
    const { batch, chain, rules, runtime, stats, source, messageTap, autoFragmentSize, events } = parts
    this.#frames = new FrameWriter(batch, rules, runtime.crypto, stats, source)
    this.#encoded = chain.hasEncoder ? new EncodedMessages({ chain, frames: this.#frames, clock: runtime.clock }, events) : undefined
    this.#chain = chain
    this.#text = runtime.text
    this.#autoFragmentSize = autoFragmentSize
    this.#messageTap = messageTap
    this.#stats = stats
  }

  /** Serves another connection from now on, which has no extensions and no taps. Called between two messages. */
  serve(stats: TrafficStats): void {
    this.#stats = stats
    this.#frames.serve(stats)
  }

  /** Forgets the counts of the connection that it has served. Called between two messages. */
  leave(): void {
    this.#stats = undefined
    this.#frames.leave()
  }

  /** Whether a message was begun and not ended. */
  get isInMessage(): boolean {
    return this.#message !== undefined
  }

  /** Whether a frame was begun and not completed: no other frame may go between its octets. */
  get isInFrame(): boolean {
    return this.#frame !== undefined
  }

  /** Octets that the frame being streamed misses, at most 2^53-1 even where it misses more; 0 outside of one. */
  get missing(): number {
    return this.#frame === undefined ? 0 : this.#frame.missing
  }

  /** Whether messages wait for an extension. */
  get isEncoding(): boolean {
    return this.#encoded?.isBusy === true
  }

  /** Octets of messages that wait for an extension. */
  get waitingOctets(): number {
    return this.#encoded?.octets ?? 0
  }

  /** Forgets messages that wait for an extension. */
  abandon(): void {
    this.#encoded?.abandon()
  }

  // ---- whole messages

  putMessage(message: Octets | string, isBinary: boolean, options: SendOptions): boolean {
    this.#wantNoMessage('sendMessage')
    const first = firstOctet(isBinary ? Opcode.Binary : Opcode.Text, true, 0)
    const fragmentSize = fragmentSizeOf(options, this.#autoFragmentSize)
    if (typeof message === 'string' && fragmentSize === 0 && this.#encoded === undefined && this.#frames.takesText(message)) {
      this.#count(this.#frames.writeText(first, message, this.#text), isBinary)
      return true
    }
    const payload = typeof message === 'string' ? this.#text.encode(message) : message
    if (this.#encoded === undefined) this.#frames.writeFragments(first, payload, fragmentSize)
    else if (!this.#encoded.putMessage(payload, isBinary, options, fragmentSize)) return false
    this.#count(payload.length, isBinary)
    return true
  }

  /** Puts a binary message and keeps nothing of the caller's octets, at most 64 KiB. */
  putCopy(payload: Octets): boolean {
    if (this.#encoded !== undefined || this.#autoFragmentSize > 0) return this.putMessage(copyOf(payload, 0, payload.length), true, {})
    this.#wantNoMessage('sendMessage')
    this.#frames.writeCopy(firstOctet(Opcode.Binary, true, 0), payload)
    this.#count(payload.length, true)
    return true
  }

  /** Puts a message that was made for many connections. Those with the same parameters of extensions share one frame of it. */
  putPreparedMessage(message: PreparedMessage): boolean {
    this.#wantNoMessage('sendPreparedMessage')
    const { payload, isBinary, options } = message
    const key = this.#chain.cacheKey
    if (key === undefined || fragmentSizeOf(options, this.#autoFragmentSize) > 0) return this.putMessage(payload, isBinary, options)
    if (this.#encoded === undefined)
      this.#frames.writePrepared(message.made(key, () => makeMessage(isBinary, 0, payload, false)) as MadeMessage)
    else if (!this.#encoded.putPrepared(message, key)) return false
    this.#count(payload.length, isBinary)
    return true
  }

  // ---- messages frame by frame

  openMessage(isBinary: boolean, options: SendOptions): boolean {
    this.#wantNoMessage('beginMessage')
    const message = new BegunMessage(isBinary)
    if (this.#encoded?.begin(message, options) === false) return false
    this.#message = message
    this.#stats!.outgoingWebSocketMessages++
    return true
  }

  putFrame(payload: Octets, options: FrameOptions): boolean {
    const message = this.#openMessageFor('sendMessageFrame')
    const reserved = this.#checkedBits(message, options)
    const isFinal = options.final === true
    if (!this.#putPiece(message, payload, reserved, isFinal ? Piece.Final : Piece.Frame)) return false
    message.hasFrames = true
    this.#stats!.outgoingOctetsAppLevel += payload.length
    this.#afterPiece(message, payload.length, isFinal)
    return true
  }

  /** Ends the message with an empty final frame. */
  closeMessage(): boolean {
    this.#wantNoFrame('endMessage')
    const message = this.#message
    if (message === undefined) throw new ApiMisuse('endMessage without a message begun, or after its final frame')
    if (!this.#putPiece(message, noOctets, 0, Piece.Final)) return false
    this.#afterPiece(message, 0, true)
    return true
  }

  #putPiece(message: BegunMessage, payload: Octets, reserved: number, piece: Piece): boolean {
    if (this.#encoded !== undefined) return this.#encoded.putPiece(message, payload, reserved, piece)
    this.#frames.writeFrame(message.nextFirst(piece === Piece.Final, reserved), payload)
    return true
  }

  // ---- frames as streams

  openFrame(length: number | bigint, options: FrameOptions): boolean {
    const message = this.#openMessageFor('beginMessageFrame')
    const checked = checkedLength(length)
    const reserved = this.#checkedBits(message, options)
    const frame = new StreamedFrame(checked, options.final === true, reserved)
    message.hasFrames = true
    this.#frame = frame
    if (this.#encoded === undefined) this.#frames.writeHeader(message.nextFirst(frame.isFinal, reserved), checked)
    // A frame without octets is complete with its header; no data would end it.
    return checked === 0 ? this.#putDataOf(frame, noOctets) : true
  }

  /** Puts octets of the frame that was begun, as many as it misses, and returns how many were taken: 0 where an encoder has failed. */
  putData(payload: Octets): number {
    const frame = this.#frame
    if (frame === undefined) {
      if (payload.length === 0 && this.#message !== undefined) return 0
      throw new ApiMisuse('sendMessageFrameData needs a frame begun by beginMessageFrame')
    }
    const fitting = Math.min(payload.length, frame.missing)
    this.#stats!.outgoingOctetsAppLevel += fitting
    // The writer has not counted the payload of a long frame, which is beyond what a number can count.
    if (frame.isLong && this.#encoded === undefined) this.#stats!.outgoingOctetsWebSocketLevel += fitting
    frame.count(fitting)
    return this.#putDataOf(frame, fitting === payload.length ? payload : payload.subarray(0, fitting)) ? fitting : 0
  }

  /** Puts octets that the frame has counted, and ends the frame if they are its last. Encoded, each part is a frame of its own on the wire. */
  #putDataOf(frame: StreamedFrame, part: Octets): boolean {
    const message = this.#message!
    const isComplete = frame.missing === 0
    if (this.#encoded !== undefined) {
      const piece = isComplete ? (frame.isFinal ? Piece.Final : Piece.Frame) : Piece.Part
      if (!this.#encoded.putPiece(message, part, frame.takeReserved(), piece)) return false
    } else if (part.length > 0) this.#frames.writePayload(part)
    if (isComplete) this.#frame = undefined
    this.#afterPiece(message, part.length, isComplete && frame.isFinal)
    return true
  }

  // ---- other frames

  /** Puts a control frame, or one of an opcode that an extension has claimed. */
  putOtherFrame(opcode: number, payload: Octets, isFinal: boolean, reserved: number): void {
    this.#frames.writeFrame(firstOctet(opcode, isFinal, reserved), payload)
  }

  putPreparedFrame(frame: PreparedFrame): void {
    this.#frames.writePrepared(frame)
  }

  // ---- the order of calls

  #wantNoMessage(method: string): void {
    if (this.#message !== undefined) throw new ApiMisuse(`${method} inside a message that is not ended`)
  }

  #wantNoFrame(method: string): void {
    if (this.#frame !== undefined)
      throw new ApiMisuse(`${method} in a frame that still misses ${counted(this.#frame.exactlyMissing, 'octet')}`)
  }

  /** Returns the message whose next frame may begin. */
  #openMessageFor(method: string): BegunMessage {
    this.#wantNoFrame(method)
    if (this.#message === undefined) throw new ApiMisuse(`${method} needs a message begun by beginMessage`)
    return this.#message
  }

  /**
   * Returns the reserved bits that the application asks for. Throws `ApiMisuse` for bits that no extension has claimed, and for bits that
   * belong to a whole message on a frame that is not its first: RFC 7692 §6 forbids RSV1 there.
   */
  #checkedBits(message: BegunMessage, { reserved = 0 }: FrameOptions): number {
    if (reserved === 0) return 0
    this.#chain.checkReserved(reserved)
    const ofMessage = reserved & this.#chain.messageBits
    if (ofMessage !== 0 && message.hasFrames)
      throw new ApiMisuse(`reserved bits ${ofMessage} belong to the first frame of a message, and this is a later one`)
    return reserved
  }

  // ---- counts

  /** Counts a whole message, and shows it to the tap. */
  #count(length: number, isBinary: boolean): void {
    this.#stats!.outgoingWebSocketMessages++
    this.#stats!.outgoingOctetsAppLevel += length
    if (this.#messageTap !== undefined) this.#messageTap(isBinary, length)
  }

  /** Goes on after a piece of a message: ends the message if it was its last, and shows it to the tap then. */
  #afterPiece(message: BegunMessage, length: number, isLast: boolean): void {
    if (isLast) this.#message = undefined
    if (this.#messageTap === undefined) return
    message.size += length
    if (isLast) this.#messageTap(message.isBinary, message.size)
  }
}
