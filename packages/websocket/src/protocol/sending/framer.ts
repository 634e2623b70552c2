import { copyOf, noOctets, type Octets } from '../../bytes/octets.ts'
import type { Runtime } from '../../bytes/runtime.ts'
import type { Text } from '../../bytes/text.ts'
import type { ExtensionChain } from '../extending/extension-chain.ts'
import type { PreparedFrame } from '../extending/prepared-frame.ts'
import { counted } from '../faults/counted.ts'
import { ApiMisuse } from '../faults/errors.ts'
import { shownValue } from '../faults/shown-value.ts'
import { firstOctet } from '../frames/frame-header.ts'
import { Opcode } from '../frames/opcode.ts'
import type { FrameOptions, SendOptions } from '../frames/send-options.ts'
import type { TrafficStats } from '../life/traffic-stats.ts'
import { BegunMessage } from './begun-message.ts'
import { Piece } from './encode-piece.ts'
import { BeginJob, type EncodingTools, MessageJob, madeBy, PieceJob, PreparedJob } from './encoding-jobs.ts'
import { type EncodingEvents, type EncodingJob, EncodingQueue } from './encoding-queue.ts'
import { fragmentSizeOf } from './fragment-size.ts'
import { FrameWriter, referenceFrom, type WriterRules } from './frame-writer.ts'
import type { OutgoingBatch } from './outgoing-batch.ts'
import type { MadeMessage, PreparedMessage } from './prepared-message.ts'

/**
 * Frames messages: whole, in fragments, frame by frame, or as a stream (RFC 6455 §5.4 and §5.6). Checks the order of calls.
 *
 * Where an extension transforms messages, they go through an `EncodingQueue`, which keeps their order; control frames do not wait there.
 *
 * Most methods return whether what they were given was taken, and `putData` how many octets were. Nothing is taken where an encoder fails:
 * that has ended the connection (decision 69).
 */
export class Framer {
  readonly #frames: FrameWriter
  readonly #chain: ExtensionChain
  #stats: TrafficStats
  readonly #text: Text
  #events: EncodingEvents
  readonly #autoFragmentSize: number
  /** Only where an extension transforms messages. */
  readonly #encodings: EncodingQueue | undefined
  readonly #tools: EncodingTools
  readonly #messageTap: ((isBinary: boolean, size: number) => void) | undefined
  #place: Place = Place.BetweenMessages
  /** The message that was begun last. */
  #message: BegunMessage | undefined
  /** Missing octets of the frame being streamed, or 2^53-1 if more are missing. */
  #missing = 0
  /** Missing octets beyond `#missing`, in a frame that was begun with more than 2^53-1. */
  #beyond: bigint | undefined
  #isLongFrame = false
  #isFinalFrame = false
  /** Reserved bits of the frame being streamed, until a frame on the wire has carried them. */
  #frameBits = 0

  constructor(parts: {
    readonly batch: OutgoingBatch
    readonly chain: ExtensionChain
    readonly rules: WriterRules
    readonly runtime: Pick<Runtime, 'clock' | 'crypto' | 'text'>
    readonly stats: TrafficStats
    /** The protocol, for taps. */
    readonly source: object
    /** Called with each message that is sent, when all of it was taken. */
    readonly messageTap?: ((isBinary: boolean, size: number) => void) | undefined
    readonly autoFragmentSize: number
    readonly events: EncodingEvents
  }) {
    const { batch, chain, rules, runtime, stats, source, messageTap, autoFragmentSize, events } = parts
    this.#frames = new FrameWriter(batch, rules, runtime.crypto, stats, source)
    this.#chain = chain
    this.#stats = stats
    this.#text = runtime.text
    this.#events = events
    this.#messageTap = messageTap
    this.#autoFragmentSize = autoFragmentSize
    this.#encodings = chain.hasEncoder ? new EncodingQueue(events) : undefined
    this.#tools = { chain, frames: this.#frames, clock: runtime.clock }
  }

  /** Serves another connection from now on, which has no extensions and no taps. Called between two messages. */
  serve(stats: TrafficStats, events: EncodingEvents): void {
    this.#stats = stats
    this.#events = events
    this.#message = undefined
    this.#frames.serve(stats)
  }

  /** Whether a frame was begun and not completed: no other frame may go between its octets. */
  get isInFrame(): boolean {
    return this.#place === Place.InFrame
  }

  /** Whether a message was begun and not ended. */
  get isInMessage(): boolean {
    return this.#place !== Place.BetweenMessages
  }

  /** Whether messages wait for an extension. */
  get isEncoding(): boolean {
    return this.#encodings?.isBusy === true
  }

  /** Octets that the frame being streamed still misses, at most 2^53-1 even where it misses more; 0 outside of one. */
  get missing(): number {
    return this.#missing
  }

  /** Octets of messages that wait for an extension. */
  get waitingOctets(): number {
    return this.#encodings?.octets ?? 0
  }

  /** Forgets messages that wait for an extension. */
  abandon(): void {
    this.#encodings?.abandon()
  }

  // ---- whole messages

  putMessage(message: Octets | string, isBinary: boolean, options: SendOptions): boolean {
    this.#wantBetweenMessages('sendMessage')
    const fragmentSize = fragmentSizeOf(options, this.#autoFragmentSize)
    if (typeof message === 'string' && fragmentSize === 0 && this.#encodings === undefined && this.#frames.takesText(message)) {
      const first = firstOctet(isBinary ? Opcode.Binary : Opcode.Text, true, 0)
      this.#count(this.#frames.writeText(first, message, this.#text), isBinary)
      return true
    }
    const payload = typeof message === 'string' ? this.#text.encode(message) : message
    if (this.#encodings !== undefined) {
      const job = new MessageJob(this.#tools, this.#kept(payload), isBinary, options, fragmentSize)
      if (!this.#encode(this.#encodings, job)) return false
    } else this.#frames.writeFragments(firstOctet(isBinary ? Opcode.Binary : Opcode.Text, true, 0), payload, fragmentSize)
    this.#count(payload.length, isBinary)
    return true
  }

  /** Puts a binary message and keeps nothing of the caller's octets, at most 64 KiB. */
  putCopy(payload: Octets): boolean {
    if (this.#encodings !== undefined || this.#autoFragmentSize > 0) return this.putMessage(copyOf(payload, 0, payload.length), true, {})
    this.#wantBetweenMessages('sendMessage')
    this.#frames.writeCopy(firstOctet(Opcode.Binary, true, 0), payload)
    this.#count(payload.length, true)
    return true
  }

  putPreparedMessage(message: PreparedMessage): boolean {
    this.#wantBetweenMessages('sendPreparedMessage')
    const { payload, isBinary, options } = message
    const key = this.#chain.cacheKey
    if (key === undefined || fragmentSizeOf(options, this.#autoFragmentSize) > 0) return this.putMessage(payload, isBinary, options)
    if (this.#encodings !== undefined) {
      if (!this.#encode(this.#encodings, new PreparedJob(this.#tools, message, key))) return false
    } else this.#frames.writePrepared(message.made(key, () => madeBy(this.#tools, message)) as MadeMessage)
    this.#count(payload.length, isBinary)
    return true
  }

  // ---- messages frame by frame

  openMessage(isBinary: boolean, options: SendOptions): boolean {
    this.#wantBetweenMessages('beginMessage')
    const message = new BegunMessage(isBinary)
    if (this.#encodings !== undefined && !this.#encode(this.#encodings, new BeginJob(this.#tools, message, isBinary, options))) return false
    this.#message = message
    this.#place = Place.InMessage
    this.#stats.outgoingWebSocketMessages++
    return true
  }

  putFrame(payload: Octets, options: FrameOptions): boolean {
    this.#wantMessage('sendMessageFrame')
    const bits = this.#bits(options)
    const isFinal = options.final === true
    if (!this.#putPiece(payload, bits, isFinal ? Piece.Final : Piece.Frame)) return false
    this.#message!.hasFrames = true
    this.#stats.outgoingOctetsAppLevel += payload.length
    this.#place = isFinal ? Place.BetweenMessages : Place.InMessage
    if (this.#messageTap !== undefined) this.#pieceTaken(this.#messageTap, payload.length)
    return true
  }

  /** Ends the message with an empty final frame. */
  closeMessage(): boolean {
    if (this.#place === Place.InFrame)
      throw new ApiMisuse(`endMessage in a frame that still misses ${counted(this.#exactlyMissing, 'octet')}`)
    if (this.#place === Place.BetweenMessages) throw new ApiMisuse('endMessage without a message begun, or after its final frame')
    if (!this.#putPiece(noOctets, 0, Piece.Final)) return false
    this.#place = Place.BetweenMessages
    if (this.#messageTap !== undefined) this.#pieceTaken(this.#messageTap, 0)
    return true
  }

  // ---- messages as streams

  openFrame(length: number | bigint, options: FrameOptions): boolean {
    this.#wantMessage('beginMessageFrame')
    const checked = checkedLength(length)
    const bits = this.#bits(options)
    this.#message!.hasFrames = true
    this.#isFinalFrame = options.final === true
    this.#isLongFrame = typeof checked === 'bigint'
    this.#setMissing(checked)
    this.#frameBits = bits
    this.#place = Place.InFrame
    if (this.#encodings === undefined) this.#frames.writeHeader(this.#message!.nextFirst(this.#isFinalFrame, bits), checked)
    // A frame without octets is complete with its header; no data would end it.
    return checked === 0 ? this.#writeData(noOctets) : true
  }

  /**
   * Puts octets of the frame that was begun, as many as it misses, and returns how many were taken. None are where the encoder fails.
   * `missing` tells how many the frame misses then.
   */
  putData(payload: Octets): number {
    if (payload.length === 0 && this.#place === Place.InMessage) return 0
    if (this.#place !== Place.InFrame) throw new ApiMisuse('sendMessageFrameData needs a frame begun by beginMessageFrame')
    const fitting = Math.min(payload.length, this.#missing)
    const part = fitting === payload.length ? payload : payload.subarray(0, fitting)
    this.#stats.outgoingOctetsAppLevel += fitting
    this.#missing -= fitting
    if (this.#isLongFrame) this.#goOnInLong(fitting)
    return this.#writeData(part) ? fitting : 0
  }

  // ---- other frames

  /** Puts a control frame, or one of an opcode that an extension has claimed. */
  putOtherFrame(opcode: number, payload: Octets, isFinal: boolean, reserved: number): void {
    this.#frames.writeFrame(firstOctet(opcode, isFinal, reserved), payload)
  }

  putPreparedFrame(frame: PreparedFrame): void {
    this.#frames.writePrepared(frame)
  }

  // ---- by way of the extensions

  /** Throws misuse, which is the caller's. Any other error is the encoder's: its message can neither be completed nor taken back. */
  #encode(encodings: EncodingQueue, job: EncodingJob): boolean {
    try {
      encodings.add(job)
      return true
    } catch (error) {
      if (error instanceof ApiMisuse) throw error
      this.#events.encodingFailed(error)
      return false
    }
  }

  #putPiece(payload: Octets, bits: number, piece: Piece): boolean {
    const message = this.#message!
    if (this.#encodings !== undefined)
      return this.#encode(this.#encodings, new PieceJob(this.#tools, message, this.#kept(payload), bits, piece))
    this.#frames.writeFrame(message.nextFirst(piece === Piece.Final, bits), payload)
    return true
  }

  /** Encodes a part of the frame being streamed: one frame to the application, and on the wire as many as there are parts. */
  #encodeData(encodings: EncodingQueue, part: Octets): boolean {
    const bits = this.#frameBits
    this.#frameBits = 0
    const piece = this.#missing > 0 ? Piece.Part : this.#isFinalFrame ? Piece.Final : Piece.Frame
    return this.#encode(encodings, new PieceJob(this.#tools, this.#message!, this.#kept(part), bits, piece))
  }

  /** Copies a payload that has to wait: the caller may use small ones again at once. */
  #kept(payload: Octets): Octets {
    return this.isEncoding && payload.length < referenceFrom ? copyOf(payload, 0, payload.length) : payload
  }

  // ---- within

  /** Writes octets of the frame being streamed, which `#missing` does not count any more. Ends the frame if they are its last. */
  #writeData(part: Octets): boolean {
    const isComplete = this.#missing === 0
    if (this.#encodings !== undefined) {
      if (!this.#encodeData(this.#encodings, part)) return false
    } else if (part.length > 0) this.#frames.writePayload(part)
    if (isComplete) this.#place = this.#isFinalFrame ? Place.BetweenMessages : Place.InMessage
    if (this.#messageTap !== undefined) this.#pieceTaken(this.#messageTap, part.length)
    return true
  }

  /** Octets still missing in the frame being streamed: a `bigint` only above 2^53-1. */
  get #exactlyMissing(): number | bigint {
    return this.#beyond === undefined ? this.#missing : BigInt(this.#missing) + this.#beyond
  }

  #setMissing(length: number | bigint): void {
    const isLong = typeof length === 'bigint'
    this.#missing = isLong ? Number.MAX_SAFE_INTEGER : length
    this.#beyond = isLong ? length - mostInNumber : undefined
  }

  /** Counts octets as they are sent: the length of the frame is beyond what the counters can count. */
  #goOnInLong(sent: number): void {
    const missing = this.#exactlyMissing
    this.#setMissing(missing > mostInNumber ? missing : Number(missing))
    if (this.#encodings === undefined) this.#stats.outgoingOctetsWebSocketLevel += sent
  }

  /**
   * Returns the reserved bits that the application asks for. Throws `ApiMisuse` for bits that no extension has claimed, and for bits that
   * belong to a whole message on a frame that is not its first: RFC 7692 §6 forbids RSV1 there.
   */
  #bits({ reserved = 0 }: FrameOptions): number {
    if (reserved === 0) return 0
    this.#chain.checkReserved(reserved)
    const ofMessage = reserved & this.#chain.messageBits
    if (ofMessage !== 0 && this.#message!.hasFrames)
      throw new ApiMisuse(`reserved bits ${ofMessage} belong to the first frame of a message, and this is a later one`)
    return reserved
  }

  #count(length: number, isBinary: boolean): void {
    this.#stats.outgoingWebSocketMessages++
    this.#stats.outgoingOctetsAppLevel += length
    if (this.#messageTap !== undefined) this.#messageTap(isBinary, length)
  }

  /** Adds a piece of the message that was begun, and shows the message if the piece was its last. */
  #pieceTaken(messageTap: (isBinary: boolean, size: number) => void, length: number): void {
    const message = this.#message!
    message.size += length
    if (this.#place === Place.BetweenMessages) messageTap(message.isBinary, message.size)
  }

  #wantBetweenMessages(method: string): void {
    if (this.#place !== Place.BetweenMessages) throw new ApiMisuse(`${method} inside a message that is not ended`)
  }

  #wantMessage(method: string): void {
    if (this.#place === Place.BetweenMessages) throw new ApiMisuse(`${method} needs a message begun by beginMessage`)
    if (this.#place === Place.InFrame)
      throw new ApiMisuse(`${method} in a frame that still misses ${counted(this.#exactlyMissing, 'octet')}`)
  }
}

/** The position of the next call in the order of calls. */
const Place = { BetweenMessages: 0, InMessage: 1, InFrame: 2 } as const
type Place = (typeof Place)[keyof typeof Place]

/** Checks the length of a frame; a number, or a `bigint` above 2^53-1 (decision 47). */
function checkedLength(length: number | bigint): number | bigint {
  if (typeof length === 'bigint') {
    if (length < 0 || length > longest)
      throw new ApiMisuse(`a frame's length as a bigint must be from 0 to 2^63-1, and not ${shownValue(length)}`)
    return length > mostInNumber ? length : Number(length)
  }
  if (!Number.isSafeInteger(length) || length < 0)
    throw new ApiMisuse(`a frame's length must be a whole number from 0 to 2^53-1, and not ${shownValue(length)}`)
  return length
}

const mostInNumber = BigInt(Number.MAX_SAFE_INTEGER)

/** RFC 6455 §5.2. */
const longest = 2n ** 63n - 1n
