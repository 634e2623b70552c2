import { type Awaitable, afterwards } from '../../bytes/awaitable.ts'
import type { Clock } from '../../bytes/clock.ts'
import { copyOf, noOctets, type Octets } from '../../bytes/octets.ts'
import type { Runtime } from '../../bytes/runtime.ts'
import type { Text } from '../../bytes/text.ts'
import { Emitted } from '../extending/emitted.ts'
import type { MessageTransform } from '../extending/extension.ts'
import type { ExtensionChain } from '../extending/extension-chain.ts'
import type { PreparedFrame } from '../extending/prepared-frame.ts'
import { ApiMisuse, detachedPayload } from '../faults/errors.ts'
import { shownValue } from '../faults/shown-value.ts'
import { firstOctet, withFinal } from '../frames/frame-header.ts'
import { Opcode } from '../frames/opcode.ts'
import type { FrameOptions, SendOptions } from '../frames/send-options.ts'
import type { TrafficStats } from '../life/traffic-stats.ts'
import { encodePiece, Piece } from './encode-piece.ts'
import type { EncodingQueue } from './encoding-queue.ts'
import { fragmentSizeOf } from './fragment-size.ts'
import { type FrameWriter, referenceFrom } from './frame-writer.ts'
import { type MadeMessage, makeMessage, type PreparedMessage } from './prepared-message.ts'

/**
 * Makes frames of messages: whole, in fragments, frame by frame, or streaming (RFC 6455 §5.4 and §5.6). Keeps the order of calls.
 *
 * Where an extension transforms messages, everything of them goes through the encoding queue; control frames do not wait there.
 */
export class MessageWriter {
  readonly #frames: FrameWriter
  readonly #chain: ExtensionChain
  readonly #stats: TrafficStats
  readonly #autoFragmentSize: number
  readonly #masks: boolean
  readonly #clock: Clock
  readonly #text: Text
  /** Where an extension transforms messages. */
  readonly #encodings: EncodingQueue | undefined
  #state: SendState = SendState.Ground
  #message: BegunMessage = nothingBegun
  #frameMissing = 0
  /** What is missing beyond 2^53-1 octets, in a frame that was begun with more. */
  #frameBeyond: bigint | undefined
  #isLongFrame = false
  #isFinalFrame = false
  #frameBits = 0

  constructor(
    frames: FrameWriter,
    chain: ExtensionChain,
    stats: TrafficStats,
    autoFragmentSize: number,
    masks: boolean,
    encodings: EncodingQueue | undefined,
    { clock, text }: Pick<Runtime, 'clock' | 'text'>,
  ) {
    this.#frames = frames
    this.#chain = chain
    this.#stats = stats
    this.#autoFragmentSize = autoFragmentSize
    this.#masks = masks
    this.#clock = clock
    this.#text = text
    this.#encodings = encodings
  }

  /** Nothing may go between the octets of a frame (RFC 6455 §5.5 has control frames between frames). */
  get isInFrame(): boolean {
    return this.#state === SendState.InFrame
  }

  /** Whether a message was begun and not ended. */
  get isInMessage(): boolean {
    return this.#state !== SendState.Ground
  }

  /** Whether messages wait for an extension. */
  get isEncoding(): boolean {
    return this.#encodings?.isBusy === true
  }

  /** Octets of messages that wait for an extension. */
  get waitingOctets(): number {
    return this.#encodings?.octets ?? 0
  }

  /** Messages that wait for an extension are not sent any more. */
  abandon(): void {
    this.#encodings?.abandon()
  }

  /** A whole message. */
  message(message: Octets | string, isBinary: boolean, options: SendOptions): void {
    this.#wantGround('sendMessage')
    const fragmentSize = fragmentSizeOf(options, this.#autoFragmentSize)
    if (typeof message === 'string' && fragmentSize === 0 && this.#encodings === undefined && this.#frames.takesText(message))
      return this.#countMessage(this.#frames.writeText(firstOctet(isBinary ? Opcode.Binary : Opcode.Text, true, 0), message, this.#text))
    const payload = typeof message === 'string' ? this.#text.encode(message) : message
    if (this.#encodings !== undefined) return this.#encodeMessage(this.#encodings, payload, isBinary, options, fragmentSize)
    this.#countMessage(payload.length)
    this.#whole(firstOctet(isBinary ? Opcode.Binary : Opcode.Text, true, 0), payload, fragmentSize)
  }

  prepared(message: PreparedMessage): void {
    this.#wantGround('sendPreparedMessage')
    const { payload, isBinary, options } = message
    const key = this.#chain.cacheKey
    if (key === undefined || fragmentSizeOf(options, this.#autoFragmentSize) > 0) return this.message(payload, isBinary, options)
    const made = message.made(key, () => this.#make(message))
    if (this.#encodings !== undefined) return this.#queueMade(this.#encodings, message, made)
    this.#countMessage(payload.length)
    this.#writeMade(made as MadeMessage)
  }

  begin(isBinary: boolean, options: SendOptions): void {
    this.#wantGround('beginMessage')
    const message = { opcode: isBinary ? Opcode.Binary : Opcode.Text, reserved: 0, encoder: undefined as MessageTransform | undefined }
    if (this.#encodings !== undefined) {
      const ask = (): void => {
        message.encoder = this.#chain.encoder({ isBinary, options, length: undefined, isShared: false })
        message.reserved |= message.encoder?.reserved ?? 0
      }
      this.#encodings.run(0, ask, noWork)
    }
    this.#message = message
    this.#state = SendState.InMessage
    this.#countMessage(0)
  }

  frame(payload: Octets, options: FrameOptions): void {
    this.#wantMessage('sendMessageFrame')
    const bits = this.#bits(options)
    const isFinal = options.final === true
    this.#sendPiece(payload, isFinal, bits, isFinal ? Piece.Final : Piece.Frame)
    this.#stats.outgoingOctetsAppLevel += payload.length
    this.#state = isFinal ? SendState.Ground : SendState.InMessage
  }

  beginFrame(given: number | bigint, options: FrameOptions): void {
    this.#wantMessage('beginMessageFrame')
    const length = checkedLength(given)
    const bits = this.#bits(options)
    this.#isFinalFrame = options.final === true
    this.#isLongFrame = typeof length === 'bigint'
    this.#setMissing(length)
    this.#frameBits = bits
    this.#state = SendState.InFrame
    if (this.#encodings === undefined) this.#frames.beginFrame(nextFirst(this.#message, this.#isFinalFrame, bits), length)
    if (length === 0) this.frameData(noOctets)
  }

  /** Octets still missing in the frame, at most 2^53-1 even where it is more, or minus those that did not fit. */
  frameData(payload: Octets): number {
    if (payload.length === 0 && this.#state === SendState.InMessage) return 0
    if (this.#state !== SendState.InFrame) throw new ApiMisuse('sendMessageFrameData needs a frame begun by beginMessageFrame')
    const fitting = Math.min(payload.length, this.#frameMissing)
    const part = fitting === payload.length ? payload : payload.subarray(0, fitting)
    this.#stats.outgoingOctetsAppLevel += fitting
    this.#frameMissing -= fitting
    if (this.#isLongFrame) this.#goOnInLong(fitting)
    const rest = this.#frameMissing
    if (this.#encodings !== undefined) this.#encodeData(this.#encodings, part)
    else if (fitting > 0) this.#frames.frameData(part)
    if (rest === 0) this.#state = this.#isFinalFrame ? SendState.Ground : SendState.InMessage
    return payload.length > fitting ? fitting - payload.length : rest
  }

  /** An empty final frame, unless the last one was final. */
  end(): void {
    if (this.#state === SendState.InFrame) throw new ApiMisuse(`endMessage in a frame that still misses ${this.#missing} octets`)
    if (this.#state === SendState.Ground) throw new ApiMisuse('endMessage without a message begun, or after its final frame')
    this.#sendPiece(noOctets, true, 0, Piece.Final)
    this.#state = SendState.Ground
  }

  /** A control frame, or one of an opcode that an extension has claimed. */
  whole(opcode: number, payload: Octets, isFinal: boolean, reserved: number): void {
    this.#frames.write(firstOctet(opcode, isFinal, reserved), payload)
  }

  preparedFrame({ first, payload, frame }: PreparedFrame): void {
    if (this.#masks) this.#frames.write(first, payload)
    else this.#frames.writeMade(frame, payload.length)
  }

  /** Pieces of the size, the last one with FIN; none is empty. */
  #whole(first: number, payload: Octets, fragmentSize: number): void {
    if (fragmentSize === 0 || payload.length <= fragmentSize) return this.#frames.write(first, payload)
    let opening = withFinal(first, false)
    let at = 0
    for (; at + fragmentSize < payload.length; at += fragmentSize) {
      this.#frames.write(opening, payload.subarray(at, at + fragmentSize))
      opening = Opcode.Continuation
    }
    this.#frames.write(withFinal(opening, true), payload.subarray(at))
  }

  // ---- by way of the extensions

  #encodeMessage(encodings: EncodingQueue, payload: Octets, isBinary: boolean, options: SendOptions, fragmentSize: number): void {
    const kept = this.#kept(payload)
    const { length } = kept
    const opcode = isBinary ? Opcode.Binary : Opcode.Text
    let encoder: MessageTransform | undefined
    let emitted: Emitted | undefined
    const encode = (): Awaitable<void> => {
      if (kept.length !== length) throw detachedPayload()
      encoder = this.#chain.encoder({ isBinary, options, length: kept.length, isShared: false, isWhole: true })
      if (encoder === undefined) return
      emitted = new Emitted(this.#chain)
      return encodePiece(encoder, kept, Piece.Final, emitted.emit, this.#clock)
    }
    const write = (): void => {
      this.#whole(firstOctet(opcode, true, encoder?.reserved ?? 0), emitted?.octets(referenceFrom) ?? kept, fragmentSize)
      emitted?.give()
    }
    encodings.run(kept.length || smallestFrame, encode, write)
    this.#countMessage(payload.length)
  }

  /** The rest of a frame, in which the application sees one frame and the wire as many as there are pieces. */
  #encodeData(encodings: EncodingQueue, part: Octets): void {
    const bits = this.#frameBits
    this.#frameBits = 0
    if (this.#frameMissing > 0) return this.#encodePiece(encodings, part, false, bits, Piece.Part)
    this.#encodePiece(encodings, part, this.#isFinalFrame, bits, this.#isFinalFrame ? Piece.Final : Piece.Frame)
  }

  #sendPiece(payload: Octets, isFinal: boolean, bits: number, piece: Piece): void {
    if (this.#encodings !== undefined) this.#encodePiece(this.#encodings, payload, isFinal, bits, piece)
    else this.#frames.write(nextFirst(this.#message, isFinal, bits), payload)
  }

  #encodePiece(encodings: EncodingQueue, payload: Octets, isFinal: boolean, bits: number, piece: Piece): void {
    const message = this.#message
    const kept = this.#kept(payload)
    const { length } = kept
    let emitted: Emitted | undefined
    const encode = (): Awaitable<void> => {
      if (kept.length !== length) throw detachedPayload()
      if (message.encoder === undefined) return
      emitted = new Emitted(this.#chain)
      return encodePiece(message.encoder, kept, piece, emitted.emit, this.#clock)
    }
    const write = (): void => {
      const octets = emitted?.octets(referenceFrom) ?? kept
      if (piece !== Piece.Part || octets.length > 0) this.#frames.write(nextFirst(message, isFinal, bits), octets)
      else message.reserved |= bits
      emitted?.give()
    }
    encodings.run(kept.length || smallestFrame, encode, write)
  }

  /** Behind others, a message waits longer than its caller may keep it. */
  #kept(payload: Octets): Octets {
    return this.isEncoding && payload.length < referenceFrom ? copyOf(payload, 0, payload.length) : payload
  }

  #queueMade(encodings: EncodingQueue, message: PreparedMessage, made: Awaitable<MadeMessage>): void {
    let ready: MadeMessage | undefined
    const encode = (): Awaitable<void> =>
      afterwards(made, result => {
        ready = result
      })
    const write = (): void => {
      this.#writeMade(ready!)
      if (ready!.isEncoded) this.#chain.sharedWasSent()
    }
    encodings.run(message.payload.length || smallestFrame, encode, write)
    this.#countMessage(message.payload.length)
  }

  #writeMade(made: MadeMessage): void {
    if (this.#masks) this.#frames.write(made.first, made.payload)
    else this.#frames.writeMade(made.frame, made.payload.length)
  }

  #make(message: PreparedMessage): Awaitable<MadeMessage> {
    const { payload, isBinary, options } = message
    const encoder = this.#chain.encoder({ isBinary, options, length: payload.length, isShared: true, isWhole: true })
    if (encoder === undefined) return makeMessage(isBinary, 0, payload, false)
    const emitted = new Emitted(this.#chain)
    return afterwards(encodePiece(encoder, payload, Piece.Final, emitted.emit, this.#clock), () => {
      const octets = emitted.octets(0)
      emitted.give()
      return makeMessage(isBinary, encoder.reserved, octets, true)
    })
  }

  /** Octets still missing in the frame being streamed: a `bigint` only above 2^53-1. */
  get #missing(): number | bigint {
    return this.#frameBeyond === undefined ? this.#frameMissing : BigInt(this.#frameMissing) + this.#frameBeyond
  }

  #setMissing(length: number | bigint): void {
    const isLong = typeof length === 'bigint'
    this.#frameMissing = isLong ? Number.MAX_SAFE_INTEGER : length
    this.#frameBeyond = isLong ? length - mostInNumber : undefined
  }

  /** Counts octets as they are sent: the length of the frame is beyond what the counters can count. */
  #goOnInLong(sent: number): void {
    const missing = this.#missing
    this.#setMissing(missing > mostInNumber ? missing : Number(missing))
    if (this.#encodings === undefined) this.#stats.outgoingOctetsWebSocketLevel += sent
  }

  #bits({ reserved = 0 }: FrameOptions): number {
    if (!Number.isInteger(reserved) || reserved < 0 || reserved > 7)
      throw new ApiMisuse(`reserved bits must be 0 to 7, and not ${shownValue(reserved)}`)
    if ((reserved & ~this.#chain.reservedBits) !== 0) throw new ApiMisuse(`reserved bits ${reserved} are not claimed by an extension`)
    return reserved
  }

  #countMessage(length: number): void {
    this.#stats.outgoingWebSocketMessages++
    this.#stats.outgoingOctetsAppLevel += length
  }

  #wantGround(method: string): void {
    if (this.#state !== SendState.Ground) throw new ApiMisuse(`${method} inside a message that is not ended`)
  }

  #wantMessage(method: string): void {
    if (this.#state === SendState.Ground) throw new ApiMisuse(`${method} needs a message begun by beginMessage`)
    if (this.#state === SendState.InFrame) throw new ApiMisuse(`${method} in a frame that still misses ${this.#missing} octets`)
  }
}

const SendState = { Ground: 0, InMessage: 1, InFrame: 2 } as const
type SendState = (typeof SendState)[keyof typeof SendState]

/** What the next frame of a message begun has to carry. */
interface BegunMessage {
  opcode: number
  reserved: number
  encoder: MessageTransform | undefined
}

const nothingBegun: BegunMessage = { opcode: Opcode.Continuation, reserved: 0, encoder: undefined }

/** The first frame of a message carries its opcode and reserved bits, the others continue. */
function nextFirst(message: BegunMessage, isFinal: boolean, reserved: number): number {
  const first = firstOctet(message.opcode, isFinal, message.reserved | reserved)
  message.opcode = Opcode.Continuation
  message.reserved = 0
  return first
}

/** Octets that an empty message counts as while it waits for an extension: a flood of them is to be bounded too. */
const smallestFrame = 2

/** A length as a number, or as a `bigint` above 2^53-1. */
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

function noWork(): void {}
