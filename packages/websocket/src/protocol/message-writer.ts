import { joined, noOctets, type Octets } from '../bytes/octets.ts'
import { ApiMisuse } from './errors.ts'
import type { MessageTransform } from './extension.ts'
import type { ExtensionChain } from './extension-chain.ts'
import { firstOctet, unmaskedHeaderSize, writeHeader } from './frame-header.ts'
import type { FrameWriter } from './frame-writer.ts'
import { Opcode } from './opcode.ts'
import type { MadeMessage, PreparedMessage } from './prepared-message.ts'
import type { FrameOptions, SendOptions } from './send-options.ts'
import type { TrafficStats } from './traffic-stats.ts'

/** Makes frames of messages: whole, in fragments, frame by frame, or streaming (RFC 6455 §5.4 and §5.6). Keeps the order of calls. */
export class MessageWriter {
  readonly #frames: FrameWriter
  readonly #chain: ExtensionChain
  readonly #stats: TrafficStats
  readonly #autoFragmentSize: number
  readonly #masks: boolean
  #state: SendState = SendState.Ground
  #opcode: number = Opcode.Continuation
  #reserved = 0
  #encoder: MessageTransform | undefined
  #frameMissing = 0
  #isFinalFrame = false

  constructor(
    frames: FrameWriter,
    chain: ExtensionChain,
    stats: TrafficStats,
    options: { readonly autoFragmentSize: number; readonly masks: boolean },
  ) {
    this.#frames = frames
    this.#chain = chain
    this.#stats = stats
    this.#autoFragmentSize = options.autoFragmentSize
    this.#masks = options.masks
  }

  /** Nothing may go between the octets of a frame (RFC 6455 §5.5 has control frames between frames). */
  get isInFrame(): boolean {
    return this.#state === SendState.InFrame
  }

  /** Whether a message was begun and not ended. */
  get isInMessage(): boolean {
    return this.#state !== SendState.Ground
  }

  /** A whole message. */
  message(payload: Octets, isBinary: boolean, options: SendOptions): void {
    this.#wantGround('sendMessage')
    const opcode = isBinary ? Opcode.Binary : Opcode.Text
    const fragmentSize = this.#fragmentSize(options)
    const encoder = this.#chain.encoder(isBinary, options)
    const encoded = encoder === undefined ? payload : encodedWhole(encoder, payload)
    this.#countMessage(payload.length)
    const first = firstOctet(opcode, true, encoder?.reserved ?? 0)
    if (fragmentSize === 0 || encoded.length <= fragmentSize) this.#frames.write(first, encoded)
    else this.#fragments(first, encoded, fragmentSize)
  }

  prepared(message: PreparedMessage): void {
    this.#wantGround('sendPreparedMessage')
    const key = this.#chain.cacheKey
    if (key === undefined || this.#fragmentSize(message.options) > 0)
      return this.message(message.payload, message.isBinary, message.options)
    const made = message.made(key, () => this.#make(message))
    this.#countMessage(message.payload.length)
    if (this.#masks) this.#frames.write(made.first, made.payload)
    else this.#frames.writeMade(made.frame, made.payload.length)
  }

  begin(isBinary: boolean, options: SendOptions): void {
    this.#wantGround('beginMessage')
    this.#encoder = this.#chain.encoder(isBinary, options)
    this.#opcode = isBinary ? Opcode.Binary : Opcode.Text
    this.#reserved = this.#encoder?.reserved ?? 0
    this.#state = SendState.InMessage
    this.#countMessage(0)
  }

  frame(payload: Octets, options: FrameOptions): void {
    this.#wantMessage('sendMessageFrame')
    const bits = this.#bits(options)
    const isFinal = options.final === true
    const encoded = this.#encoder === undefined ? payload : encodedFrame(this.#encoder, payload, isFinal)
    this.#frames.write(this.#nextFirst(isFinal, bits), encoded)
    this.#stats.outgoingOctetsAppLevel += payload.length
    this.#state = isFinal ? SendState.Ground : SendState.InMessage
  }

  beginFrame(length: number, options: FrameOptions): void {
    this.#wantMessage('beginMessageFrame')
    if (!Number.isSafeInteger(length) || length < 0)
      throw new ApiMisuse(`a frame's length must be a whole number from 0 to 2^53-1, and not ${length}`)
    const bits = this.#bits(options)
    this.#isFinalFrame = options.final === true
    this.#frameMissing = length
    this.#state = SendState.InFrame
    if (this.#encoder === undefined) this.#frames.beginFrame(this.#nextFirst(this.#isFinalFrame, bits), length)
    else this.#reserved |= bits
    if (length === 0) this.frameData(noOctets)
  }

  /** Octets still missing in the frame, or minus those that did not fit. */
  frameData(payload: Octets): number {
    if (payload.length === 0 && this.#state === SendState.InMessage) return 0
    if (this.#state !== SendState.InFrame) throw new ApiMisuse('sendMessageFrameData needs a frame begun by beginMessageFrame')
    const fitting = Math.min(payload.length, this.#frameMissing)
    const part = fitting === payload.length ? payload : payload.subarray(0, fitting)
    this.#stats.outgoingOctetsAppLevel += fitting
    this.#frameMissing -= fitting
    if (this.#encoder !== undefined) this.#encodedData(this.#encoder, part)
    else if (fitting > 0) this.#frames.frameData(part)
    const rest = this.#frameMissing
    if (rest === 0) this.#endFrame()
    return payload.length > fitting ? fitting - payload.length : rest
  }

  /** An empty final frame, unless the last one was final. */
  end(): void {
    if (this.#state === SendState.InFrame) throw new ApiMisuse(`endMessage in a frame that still misses ${this.#frameMissing} octets`)
    if (this.#state === SendState.Ground) throw new ApiMisuse('endMessage without a message begun, or after its final frame')
    const tail = this.#encoder === undefined ? noOctets : encodedFrame(this.#encoder, noOctets, true)
    this.#frames.write(this.#nextFirst(true, 0), tail)
    this.#state = SendState.Ground
  }

  /** A control frame, or one of an opcode that an extension has claimed. */
  whole(opcode: number, payload: Octets, isFinal: boolean, reserved: number): void {
    this.#frames.write(firstOctet(opcode, isFinal, reserved), payload)
  }

  #encodedData(encoder: MessageTransform, part: Octets): void {
    const pieces: Octets[] = []
    const emit = (octets: Octets): number => pieces.push(octets)
    if (part.length > 0) encoder.write(part, emit)
    if (this.#frameMissing > 0) {
      const encoded = joined(pieces)
      if (encoded.length > 0) this.#frames.write(this.#nextFirst(false, 0), encoded)
      return
    }
    if (this.#isFinalFrame) encoder.end(emit)
    else encoder.flush?.(emit)
    this.#frames.write(this.#nextFirst(this.#isFinalFrame, 0), joined(pieces))
  }

  #endFrame(): void {
    this.#state = this.#isFinalFrame ? SendState.Ground : SendState.InMessage
  }

  /** Pieces of the size, the last one with FIN; none is empty. */
  #fragments(first: number, payload: Octets, size: number): void {
    let opening = first & 0x7f
    let at = 0
    for (; at + size < payload.length; at += size) {
      this.#frames.write(opening, payload.subarray(at, at + size))
      opening = Opcode.Continuation
    }
    this.#frames.write(0x80 | opening, payload.subarray(at))
  }

  #make(message: PreparedMessage): MadeMessage {
    const encoder = this.#chain.encoder(message.isBinary, message.options)
    const payload = encoder === undefined ? message.payload : encodedWhole(encoder, message.payload)
    const first = firstOctet(message.isBinary ? Opcode.Binary : Opcode.Text, true, encoder?.reserved ?? 0)
    const frame = new Uint8Array(unmaskedHeaderSize(payload.length) + payload.length)
    frame.set(payload, writeHeader(frame, 0, first, payload.length, 0))
    return { first, payload, frame }
  }

  /** The first frame of a message carries its opcode and reserved bits, the others continue. */
  #nextFirst(isFinal: boolean, reserved: number): number {
    const first = firstOctet(this.#opcode, isFinal, this.#reserved | reserved)
    this.#opcode = Opcode.Continuation
    this.#reserved = 0
    return first
  }

  #bits(options: FrameOptions): number {
    const reserved = options.reserved ?? 0
    if (!Number.isInteger(reserved) || reserved < 0 || reserved > 7)
      throw new ApiMisuse(`reserved bits must be 0 to 7, and not ${reserved}`)
    if ((reserved & ~this.#chain.reservedBits) !== 0) throw new ApiMisuse(`reserved bits ${reserved} are not claimed by an extension`)
    return reserved
  }

  #fragmentSize(options: SendOptions): number {
    const size = options.fragmentSize ?? this.#autoFragmentSize
    if (!Number.isSafeInteger(size) || size < 0 || options.fragmentSize === 0)
      throw new ApiMisuse(`fragmentSize must be a whole number above 0, and not ${size}`)
    return size
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
    if (this.#state === SendState.InFrame) throw new ApiMisuse(`${method} in a frame that still misses ${this.#frameMissing} octets`)
  }
}

const SendState = { Ground: 0, InMessage: 1, InFrame: 2 } as const
type SendState = (typeof SendState)[keyof typeof SendState]

function encodedWhole(encoder: MessageTransform, payload: Octets): Octets {
  return encodedFrame(encoder, payload, true)
}

function encodedFrame(encoder: MessageTransform, payload: Octets, isFinal: boolean): Octets {
  const pieces: Octets[] = []
  const emit = (octets: Octets): number => pieces.push(octets)
  if (payload.length > 0) encoder.write(payload, emit)
  if (isFinal) encoder.end(emit)
  else encoder.flush?.(emit)
  return joined(pieces)
}
