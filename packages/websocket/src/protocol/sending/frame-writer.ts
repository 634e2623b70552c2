import type { Crypto } from '../../bytes/crypto.ts'
import type { Masker } from '../../bytes/masker.ts'
import { copyOf, type Octets } from '../../bytes/octets.ts'
import { mostPerUnit, type Text } from '../../bytes/text.ts'
import {
  isFinal,
  opcodeOf,
  readKey,
  reservedOf,
  unmaskedHeaderSize,
  withFinal,
  writeHeader,
  writeLongHeader,
} from '../frames/frame-header.ts'
import { isControl, Opcode } from '../frames/opcode.ts'
import { callOnlooker, type WireTap } from '../frames/wire-tap.ts'
import type { TrafficStats } from '../life/traffic-stats.ts'
import type { OutgoingBatch } from './outgoing-batch.ts'

/** The masking of frames, and the tap that sees them. */
export interface WriterRules {
  /** Whether frames are masked, as a client's are (RFC 6455 §5.1). */
  readonly masks: boolean
  /** `undefined`: frames have the mask bit and a key, and the payload stays as it is. */
  readonly masker: Masker | undefined
  readonly wireTap: WireTap | undefined
}

/** A frame that was made before, for many connections. */
export interface WholeFrame {
  /** Its first octet. */
  readonly first: number
  readonly payload: Octets
  /** All octets of it, without a mask. */
  readonly frame: Octets
}

/** Octets from which on a payload goes by reference, and must stay untouched until it has gone. Shorter ones are copied (decision 8). */
export const referenceFrom: number = 8 * 1024

/** Writes frames into the outgoing batch: header, mask, payload. Never changes a caller's octets. */
export class FrameWriter {
  readonly #batch: OutgoingBatch
  readonly #rules: WriterRules
  readonly #crypto: Crypto
  #stats: TrafficStats | undefined
  readonly #source: object | undefined
  /** The mask key of the frame being written, as a number; 0 where nothing is masked. */
  #key = 0
  /** Octets of its payload that are written. */
  #position = 0

  constructor(batch: OutgoingBatch, rules: WriterRules, crypto: Crypto, stats: TrafficStats, source: object | undefined) {
    this.#batch = batch
    this.#rules = rules
    this.#crypto = crypto
    this.#stats = stats
    this.#source = source
  }

  /** Serves another connection from now on, which has no taps. Called between two frames. */
  serve(stats: TrafficStats): void {
    this.#stats = stats
  }

  /** Forgets the counts of the connection that it has served. Called between two frames. */
  leave(): void {
    this.#stats = undefined
  }

  /** Writes a whole frame. `first` is its first octet. */
  writeFrame(first: number, payload: Octets): void {
    this.writeHeader(first, payload.length)
    if (payload.length > 0) this.writePayload(payload)
  }

  /** Writes a whole frame whose payload is copied, whatever its length; at most as long as a scratch. */
  writeCopy(first: number, payload: Octets): void {
    this.writeHeader(first, payload.length)
    this.#copyIn(payload)
    this.#position += payload.length
  }

  /** Writes a message in frames of a size, the last one with FIN; none is empty. In one frame where the size is 0. */
  writeFragments(first: number, payload: Octets, fragmentSize: number): void {
    if (fragmentSize === 0 || payload.length <= fragmentSize) return this.writeFrame(first, payload)
    let opening = withFinal(first, false)
    let at = 0
    for (; at + fragmentSize < payload.length; at += fragmentSize) {
      this.writeFrame(opening, payload.subarray(at, at + fragmentSize))
      opening = Opcode.Continuation
    }
    this.writeFrame(withFinal(opening, true), payload.subarray(at))
  }

  /**
   * Writes a frame that was made before: by reference, or masked afresh, since each frame of a client has a key of its own (RFC 6455 §5.3).
   */
  writePrepared({ first, payload, frame }: WholeFrame): void {
    if (this.#rules.masks) return this.writeFrame(first, payload)
    this.#count(first, payload.length)
    this.#batch.add(frame)
  }

  /** Tells whether `writeText` may be used: the text fits into the batch as it is. */
  takesText(text: string): boolean {
    return text.length < referenceFrom && this.#batch.hasRoom(largestHeader + mostPerUnit * text.length)
  }

  /**
   * Writes a whole frame of data with a text, encoded where it is sent from: without an array of its own, and the copy. Returns its length
   * in octets.
   *
   * The text is encoded behind a header of the size that it has if all of it is ASCII, as most texts are; any other text is moved. The tap
   * sees the frame when it is complete, since a tap may send something itself and so flush the scratch.
   */
  writeText(first: number, text: string, encoder: Text): number {
    const room = largestHeader + mostPerUnit * text.length
    const maskSize = this.#rules.masks ? 4 : 0
    const at = this.#batch.reserve(room)
    const scratch = this.#batch.scratch
    const guessed = at + unmaskedHeaderSize(text.length) + maskSize
    const length = encoder.encodeInto(text, scratch, guessed)
    const start = at + unmaskedHeaderSize(length) + maskSize
    if (start !== guessed) scratch.copyWithin(start, guessed, guessed + length)
    this.#batch.giveBack(at + room - start - length)
    this.#headerAt(scratch, at, first, length)
    if (this.#key !== 0) this.#mask(scratch, start, start + length)
    this.#count(first, length)
    return length
  }

  /**
   * Writes the header of a frame whose payload follows in pieces. A `bigint` only above 2^53-1; the octets of its payload are not counted
   * here.
   */
  writeHeader(first: number, length: number | bigint): void {
    if (typeof length === 'bigint') return this.#writeLongHeader(first, length)
    this.#count(first, length)
    const at = this.#batch.reserve(unmaskedHeaderSize(length) + (this.#rules.masks ? 4 : 0))
    // The scratch is looked up behind `reserve`: making room may flush, and change it.
    this.#headerAt(this.#batch.scratch, at, first, length)
  }

  /** Writes a piece of the payload of the frame begun. */
  writePayload(payload: Octets): void {
    const length = payload.length
    if (length < referenceFrom) this.#copyIn(payload)
    else if (this.#key === 0) this.#batch.add(mayChange(payload) ? copyOf(payload, 0, length) : payload)
    else this.#batch.add(this.#mask(copyOf(payload, 0, length), 0, length))
    this.#position += length
  }

  /** Writes a header, with a key of its own where frames are masked. */
  #headerAt(scratch: Octets, at: number, first: number, length: number): void {
    const { masks } = this.#rules
    const keyAt = writeHeader(scratch, at, first, length, masks)
    if (masks) this.#writeKey(scratch, keyAt)
    this.#position = 0
  }

  /** Counts a frame of data, and shows any frame to the tap. */
  #count(first: number, length: number): void {
    if (!isControl(opcodeOf(first))) {
      this.#stats!.outgoingWebSocketFrames++
      this.#stats!.outgoingOctetsWebSocketLevel += length
    }
    if (this.#rules.wireTap !== undefined) this.#tap(first, length)
  }

  #writeLongHeader(first: number, length: bigint): void {
    if (!isControl(opcodeOf(first))) this.#stats!.outgoingWebSocketFrames++
    if (this.#rules.wireTap !== undefined) this.#tap(first, Number(length))
    this.#position = 0
    const { masks } = this.#rules
    const at = this.#batch.reserve(largestHeader - (masks ? 0 : 4))
    const keyAt = writeLongHeader(this.#batch.scratch, at, first, length, masks)
    if (masks) this.#writeKey(this.#batch.scratch, keyAt)
  }

  #writeKey(scratch: Octets, keyAt: number): void {
    this.#crypto.fillRandom(keyOctets)
    scratch.set(keyOctets, keyAt)
    this.#key = this.#rules.masker === undefined ? 0 : readKey(keyOctets, 0)
  }

  /** Copies a payload, or a piece of it, into the batch, and masks the copy. */
  #copyIn(payload: Octets): void {
    const at = this.#batch.reserve(payload.length)
    const scratch = this.#batch.scratch
    scratch.set(payload, at)
    if (this.#key !== 0) this.#mask(scratch, at, at + payload.length)
  }

  #mask(octets: Octets, start: number, end: number): Octets {
    this.#rules.masker?.apply(octets, start, end, this.#key, this.#position & 3)
    return octets
  }

  #tap(first: number, length: number): void {
    const header = { opcode: opcodeOf(first), isFinal: isFinal(first), reserved: reservedOf(first), length }
    callOnlooker(() => this.#rules.wireTap?.frameSent?.(header, this.#source!))
  }
}

/** RFC 6455 §5.2: two octets, eight of extended length, four of the key. */
const largestHeader = 14

/** The mask key of the header being written. */
const keyOctets: Octets = new Uint8Array(4)

/** Tells whether the octets could change or shrink before they have gone: memory shared between threads, buffers that can be resized. */
function mayChange(octets: Octets): boolean {
  const buffer = octets.buffer as ArrayBufferLike & { readonly resizable?: boolean; readonly growable?: boolean }
  return buffer.resizable === true || !(buffer instanceof ArrayBuffer)
}
