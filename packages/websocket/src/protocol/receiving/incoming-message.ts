import type { Octets } from '../../bytes/octets.ts'
import type { Text } from '../../bytes/text.ts'
import { Utf8Validator } from '../../bytes/utf8-validator.ts'
import { CloseCode } from '../faults/close-code.ts'
import { counted } from '../faults/counted.ts'
import { PeerMisbehaved } from '../faults/errors.ts'
import type { CommonOptions } from '../options/options.ts'

/** The options that limit a message, where 0 sets no limit, and the one that says whether the UTF-8 of texts is checked. */
export type MessageLimits = Pick<
  CommonOptions,
  'maxFramePayloadSize' | 'maxMessagePayloadSize' | 'maxMessageFrames' | 'utf8validateIncoming'
>

/**
 * The message whose frames are being read: how far it has come, its limits, and its UTF-8 (RFC 6455 §8.1).
 *
 * One object serves all messages of a connection, one after the other.
 */
export class IncomingMessage {
  readonly #limits: MessageLimits
  readonly #utf8: Utf8Validator
  #isUnfinished = false
  #isLastFrame = false
  #validates = false
  #frames = 0
  /** Octets that its frames have announced, on the wire. */
  #wireLength = 0
  /** Octets that were delivered, after extensions. */
  #length = 0

  constructor(limits: MessageLimits, text: Text) {
    this.#limits = limits
    this.#utf8 = new Utf8Validator(text)
  }

  /** Whether its first frame has begun, and its last one has not ended. */
  get isUnfinished(): boolean {
    return this.#isUnfinished
  }

  /** Whether the frame being read is its last one. */
  get isLastFrame(): boolean {
    return this.#isLastFrame
  }

  /** Whether it is a text that must be UTF-8. */
  get validates(): boolean {
    return this.#validates
  }

  /** Octets that were delivered so far. */
  get length(): number {
    return this.#length
  }

  /** Counts a frame of the message, or of the next one after an end. Throws `PeerMisbehaved` where the message is above a limit. */
  frameBegan(length: number, isFinal: boolean): void {
    if (!this.#isUnfinished) this.#frames = this.#wireLength = 0
    this.#frames++
    this.#wireLength += length
    this.#isLastFrame = isFinal
    const { maxMessageFrames } = this.#limits
    if (maxMessageFrames > 0 && this.#frames > maxMessageFrames) throw tooBig(`message of more than ${counted(maxMessageFrames, 'frame')}`)
    this.#checkSize(this.#wireLength)
  }

  /** Begins the message, after its first frame was counted. */
  begin(isText: boolean): void {
    this.#isUnfinished = true
    this.#length = 0
    this.#validates = isText && this.#limits.utf8validateIncoming
    if (this.#validates) this.#utf8.reset()
  }

  /** Checks octets that extensions have made, before they are delivered. */
  checkDecoded(length: number): void {
    this.#checkSize(this.#length + length)
  }

  /** Checks the UTF-8 of octets that are to be delivered next. */
  checkText(octets: Octets, start: number, end: number): void {
    if (this.#validates && !this.#utf8.push(octets, start, end)) throw this.notUtf8(end - start)
  }

  /** Counts octets that were delivered. */
  delivered(octets: number): void {
    this.#length += octets
  }

  /** Ends the message with its last frame. */
  end(): void {
    if (this.#validates && !this.#utf8.isComplete)
      throw new PeerMisbehaved(CloseCode.InvalidPayload, 'text message ends inside a UTF-8 sequence')
    this.#isUnfinished = false
  }

  /** Makes the error for octets that are to be delivered next and are not UTF-8. */
  notUtf8(octets: number): PeerMisbehaved {
    const from = this.#length
    return new PeerMisbehaved(CloseCode.InvalidPayload, `text message is not UTF-8, in its octets ${from} to ${from + octets - 1}`)
  }

  #checkSize(length: number): void {
    const { maxMessagePayloadSize } = this.#limits
    if (maxMessagePayloadSize > 0 && length > maxMessagePayloadSize) throw messageTooBig(length, maxMessagePayloadSize)
  }
}

/** Throws `PeerMisbehaved` where a frame is larger than the limit; 0 sets no limit. */
export function checkFrameSize(length: number, limit: number): void {
  if (limit > 0 && length > limit) throw frameTooBig(length, limit)
}

/** Rounds a length above 2^53-1, which is enough for everything but the hook. Throws `PeerMisbehaved` where any limit of size is set: it is above all of them. */
export function roundedLength(length: bigint, { maxFramePayloadSize, maxMessagePayloadSize }: MessageLimits): number {
  if (maxFramePayloadSize > 0) throw frameTooBig(length, maxFramePayloadSize)
  if (maxMessagePayloadSize > 0) throw messageTooBig(length, maxMessagePayloadSize)
  return Number(length)
}

function frameTooBig(length: number | bigint, limit: number): PeerMisbehaved {
  return tooBig(`frame of ${length} octets is above the limit of ${limit}`)
}

function messageTooBig(length: number | bigint, limit: number): PeerMisbehaved {
  return tooBig(`message of ${length} octets is above the limit of ${limit}`)
}

function tooBig(message: string): PeerMisbehaved {
  return new PeerMisbehaved(CloseCode.MessageTooBig, message)
}
