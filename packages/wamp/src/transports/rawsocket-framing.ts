import type { Octets } from '@autobahn-ts/websocket/portable'
import { ProtocolViolation } from '../messages/protocol-violation.ts'
import { largestMessage } from './rawsocket-handshake.ts'

/** The types of RawSocket frames. */
export const FrameType = { Message: 0, Ping: 1, Pong: 2 } as const
export type FrameType = (typeof FrameType)[keyof typeof FrameType]

/** The number of octets before the payload of a frame. */
export const prefixSize = 4

/** Writes the prefix of a frame. A payload of exactly 2^24 octets has bit 25 of the length alone. */
export function writePrefix(target: Octets, type: FrameType, length: number): void {
  target[0] = length === largestMessage ? type | 0x08 : type
  target[1] = (length >> 16) & 0xff
  target[2] = (length >> 8) & 0xff
  target[3] = length & 0xff
}

/** Makes a frame with a copy of its payload. */
export function frameOf(type: FrameType, payload: Octets): Octets {
  const frame = new Uint8Array(prefixSize + payload.length)
  writePrefix(frame, type, payload.length)
  frame.set(payload, prefixSize)
  return frame
}

/**
 * Makes the frame of a message that is text; `undefined` for one that is long.
 *
 * The text is encoded into memory that all frames share, and copied out of it with its prefix: 240 ns for 60 characters, where an array for the
 * text and one for the frame took 800.
 */
export function shortTextFrame(text: string): Octets | undefined {
  if (3 * text.length > shared.length - prefixSize) return undefined
  const { written } = encoder.encodeInto(text, sharedPayload)
  writePrefix(shared, FrameType.Message, written)
  return shared.slice(0, prefixSize + written)
}

const shared = /* @__PURE__ */ new Uint8Array(16 * 1024)
const sharedPayload = /* @__PURE__ */ shared.subarray(prefixSize)
const encoder = /* @__PURE__ */ new TextEncoder()

/** Receives the frames of a peer. */
export interface RawSocketFrames {
  /** Takes the payload of a frame. A lent one is valid until the method returns; any other belongs to the receiver. */
  frame(type: FrameType, payload: Octets, isLent: boolean): void
}

/**
 * Reads frames from octets, however they are cut.
 *
 * Memory grows with the octets that have arrived, and not by the length in a prefix. While it is held, octets are kept; the caller stops its
 * peer then.
 */
export class RawSocketReader {
  readonly #maxSize: number
  readonly #frames: RawSocketFrames
  readonly #prefix = new Uint8Array(prefixSize)
  #prefixLength = 0
  #type: FrameType = FrameType.Message
  #length = 0
  /** The payload as far as it has come, where it does not come whole. */
  #payload: Octets | undefined
  #received = 0
  #isHeld = false
  #isOver = false
  /** Whether octets are being read; a frame may resume the reader from within. */
  #isReading = false
  #kept: Octets[] = []

  constructor(maxSize: number, frames: RawSocketFrames) {
    this.#maxSize = maxSize
    this.#frames = frames
  }

  /** Whether the octets until now end with a whole frame. */
  get isBetweenFrames(): boolean {
    return this.#prefixLength === 0 && this.#kept.length === 0
  }

  /**
   * Takes octets, which are lent. Throws `ProtocolViolation` for a prefix that breaks the rules and for a frame above the largest size; the
   * reader ignores everything after that.
   */
  receive(octets: Octets): void {
    if (this.#isOver) return
    if (this.#isHeld || this.#isReading || this.#kept.length > 0) this.#kept.push(octets.slice())
    else this.#read(octets)
  }

  /** Delivers no frames until `resume`. */
  hold(): void {
    this.#isHeld = true
  }

  /** Delivers frames again, beginning with those whose octets were kept. Throws as `receive` does. */
  resume(): void {
    this.#isHeld = false
    while (!this.#isHeld && !this.#isReading && !this.#isOver && this.#kept.length > 0) this.#read(this.#kept.shift()!)
  }

  /** Ignores everything from now on. */
  stop(): void {
    this.#isOver = true
    this.#kept = []
    this.#payload = undefined
  }

  #read(octets: Octets): void {
    this.#isReading = true
    try {
      let at = 0
      while (at < octets.length && !this.#isHeld && !this.#isOver) at = this.#readOne(octets, at)
      if (at < octets.length && !this.#isOver) this.#kept.unshift(octets.slice(at))
    } finally {
      this.#isReading = false
    }
  }

  /** Reads a prefix or a payload, or a part of one. Returns the place after it. */
  #readOne(octets: Octets, at: number): number {
    if (this.#prefixLength < prefixSize) return this.#readPrefix(octets, at)
    return this.#readPayload(octets, at)
  }

  #readPrefix(octets: Octets, from: number): number {
    let at = from
    while (at < octets.length && this.#prefixLength < prefixSize) this.#prefix[this.#prefixLength++] = octets[at++]!
    if (this.#prefixLength === prefixSize) {
      this.#checkPrefix()
      if (this.#length === 0) this.#finish(new Uint8Array(0), false)
    }
    return at
  }

  #checkPrefix(): void {
    const [first = 0, high = 0, middle = 0, low = 0] = this.#prefix
    const length = (high << 16) | (middle << 8) | low
    if ((first & 0xf0) !== 0) throw this.#fault(`reserved bits of a RawSocket frame are not zero: ${first >> 4}`)
    if ((first & 0x07) > FrameType.Pong) throw this.#fault(`RawSocket frame of the reserved type ${first & 0x07}`)
    if ((first & 0x08) !== 0 && length !== 0) throw this.#fault('length of a RawSocket frame is above 2^24')
    this.#type = (first & 0x07) as FrameType
    this.#length = (first & 0x08) === 0 ? length : largestMessage
    if (this.#length > this.#maxSize) throw this.#fault(`RawSocket frame of ${this.#length} octets, and the limit is ${this.#maxSize}`)
  }

  #fault(message: string): ProtocolViolation {
    this.stop()
    return new ProtocolViolation(message)
  }

  #readPayload(octets: Octets, at: number): number {
    const end = Math.min(octets.length, at + this.#length - this.#received)
    const piece = octets.subarray(at, end)
    if (this.#received === 0 && piece.length === this.#length) this.#finish(piece, true)
    else this.#gather(piece)
    return end
  }

  #gather(piece: Octets): void {
    const received = this.#received + piece.length
    const payload = this.#roomFor(received)
    payload.set(piece, this.#received)
    this.#received = received
    if (received === this.#length) this.#finish(payload, false)
  }

  /** Returns memory for so many octets, with those that have come before. It doubles, up to the length of the frame. */
  #roomFor(size: number): Octets {
    if (this.#payload !== undefined && this.#payload.length >= size) return this.#payload
    const grown = new Uint8Array(Math.min(this.#length, Math.max(size, 2 * (this.#payload?.length ?? 0), leastRoom)))
    if (this.#payload !== undefined) grown.set(this.#payload.subarray(0, this.#received))
    this.#payload = grown
    return grown
  }

  #finish(payload: Octets, isLent: boolean): void {
    this.#prefixLength = 0
    this.#received = 0
    this.#payload = undefined
    this.#frames.frame(this.#type, payload, isLent)
  }
}

const leastRoom = 1024
