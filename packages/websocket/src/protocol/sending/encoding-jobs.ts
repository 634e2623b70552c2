import { type Awaitable, afterwards } from '../../bytes/awaitable.ts'
import type { Clock } from '../../bytes/clock.ts'
import type { Octets } from '../../bytes/octets.ts'
import { Emitted } from '../extending/emitted.ts'
import type { MessageTransform } from '../extending/extension.ts'
import type { ExtensionChain } from '../extending/extension-chain.ts'
import { detachedPayload } from '../faults/errors.ts'
import { firstOctet } from '../frames/frame-header.ts'
import { Opcode } from '../frames/opcode.ts'
import type { SendOptions } from '../frames/send-options.ts'
import type { BegunMessage } from './begun-message.ts'
import { encodePiece, Piece } from './encode-piece.ts'
import type { EncodingJob } from './encoding-queue.ts'
import { type FrameWriter, referenceFrom } from './frame-writer.ts'
import { type MadeMessage, makeMessage, type PreparedMessage } from './prepared-message.ts'

/** The parts that all jobs of one connection share. */
export interface EncodingTools {
  readonly chain: ExtensionChain
  readonly frames: FrameWriter
  readonly clock: Clock
}

/** A whole message. It is cut into fragments after it was encoded. */
export class MessageJob implements EncodingJob {
  readonly octets: number
  readonly #tools: EncodingTools
  readonly #payload: Octets
  readonly #length: number
  readonly #isBinary: boolean
  readonly #options: SendOptions
  readonly #fragmentSize: number
  #encoder: MessageTransform | undefined
  #emitted: Emitted | undefined

  constructor(tools: EncodingTools, payload: Octets, isBinary: boolean, options: SendOptions, fragmentSize: number) {
    this.octets = payload.length || smallestFrame
    this.#tools = tools
    this.#payload = payload
    this.#length = payload.length
    this.#isBinary = isBinary
    this.#options = options
    this.#fragmentSize = fragmentSize
  }

  encode(): Awaitable<void> {
    checkAttached(this.#payload, this.#length)
    const { chain, clock } = this.#tools
    const message = { isBinary: this.#isBinary, options: this.#options, length: this.#length, isShared: false, isWhole: true }
    this.#encoder = chain.encoder(message)
    if (this.#encoder === undefined) return
    this.#emitted = new Emitted(chain)
    return encodePiece(this.#encoder, this.#payload, Piece.Final, this.#emitted.emit, clock)
  }

  write(): void {
    const first = firstOctet(this.#isBinary ? Opcode.Binary : Opcode.Text, true, this.#encoder?.reserved ?? 0)
    this.#tools.frames.writeFragments(first, this.#emitted?.octets(referenceFrom) ?? this.#payload, this.#fragmentSize)
    this.#emitted?.give()
  }
}

/** The beginning of a message that is sent frame by frame: asks for its encoder. */
export class BeginJob implements EncodingJob {
  readonly octets = 0
  readonly #tools: EncodingTools
  readonly #message: BegunMessage
  readonly #isBinary: boolean
  readonly #options: SendOptions

  constructor(tools: EncodingTools, message: BegunMessage, isBinary: boolean, options: SendOptions) {
    this.#tools = tools
    this.#message = message
    this.#isBinary = isBinary
    this.#options = options
  }

  encode(): void {
    const message = { isBinary: this.#isBinary, options: this.#options, length: undefined, isShared: false }
    const encoder = this.#tools.chain.encoder(message)
    if (encoder === undefined) return
    this.#message.encoder = encoder
    this.#message.carry(encoder.reserved)
  }

  /** Nothing: the header goes out with the first frame. */
  write(): void {}
}

/** A piece of a message that is sent frame by frame. */
export class PieceJob implements EncodingJob {
  readonly octets: number
  readonly #tools: EncodingTools
  readonly #message: BegunMessage
  readonly #payload: Octets
  readonly #length: number
  readonly #reserved: number
  readonly #piece: Piece
  #emitted: Emitted | undefined

  /** `reserved`: the bits that the application asked for, on the frame that this piece begins. */
  constructor(tools: EncodingTools, message: BegunMessage, payload: Octets, reserved: number, piece: Piece) {
    this.octets = payload.length || smallestFrame
    this.#tools = tools
    this.#message = message
    this.#payload = payload
    this.#length = payload.length
    this.#reserved = reserved
    this.#piece = piece
  }

  encode(): Awaitable<void> {
    checkAttached(this.#payload, this.#length)
    const { encoder } = this.#message
    if (encoder === undefined) return
    this.#emitted = new Emitted(this.#tools.chain)
    return encodePiece(encoder, this.#payload, this.#piece, this.#emitted.emit, this.#tools.clock)
  }

  /** A part of a frame for which the encoder has emitted nothing makes no frame: its bits go with the next one. */
  write(): void {
    const octets = this.#emitted?.octets(referenceFrom) ?? this.#payload
    if (this.#piece === Piece.Part && octets.length === 0) this.#message.carry(this.#reserved)
    else this.#tools.frames.writeFrame(this.#message.nextFirst(this.#piece === Piece.Final, this.#reserved), octets)
    this.#emitted?.give()
  }
}

/** A message that is encoded once for many connections. Several that send it while it is encoded wait for the same promise. */
export class PreparedJob implements EncodingJob {
  readonly octets: number
  readonly #tools: EncodingTools
  readonly #message: PreparedMessage
  readonly #key: string
  #made: MadeMessage | undefined

  /** `key`: the parameters of the extensions, with which connections share what was made. */
  constructor(tools: EncodingTools, message: PreparedMessage, key: string) {
    this.octets = message.payload.length || smallestFrame
    this.#tools = tools
    this.#message = message
    this.#key = key
  }

  encode(): Awaitable<void> {
    const making = this.#message.made(this.#key, () => madeBy(this.#tools, this.#message))
    return afterwards(making, made => {
      this.#made = made
    })
  }

  write(): void {
    const made = this.#made!
    this.#tools.frames.writePrepared(made)
    if (made.isEncoded) this.#tools.chain.sharedWasSent()
  }
}

/** Makes the one frame of a prepared message, with encoders that know nothing of what was sent before. */
export function madeBy({ chain, clock }: EncodingTools, message: PreparedMessage): Awaitable<MadeMessage> {
  const { payload, isBinary, options } = message
  const encoder = chain.encoder({ isBinary, options, length: payload.length, isShared: true, isWhole: true })
  if (encoder === undefined) return makeMessage(isBinary, 0, payload, false)
  const emitted = new Emitted(chain)
  return afterwards(encodePiece(encoder, payload, Piece.Final, emitted.emit, clock), () => {
    const octets = emitted.octets(0)
    emitted.give()
    return makeMessage(isBinary, encoder.reserved, octets, true)
  })
}

/** An application may have transferred the payload while it waited. */
function checkAttached(payload: Octets, length: number): void {
  if (payload.length !== length) throw detachedPayload()
}

/** Octets that an empty message counts as while it waits for an extension: a flood of them must be bounded too. */
const smallestFrame = 2
