import type { Masker } from '../../bytes/masker.ts'
import type { Octets } from '../../bytes/octets.ts'
import { checkHeader, type HeaderRules, headerSize, isFinal, isMasked, opcodeOf, readKey, readLength, reservedOf } from './frame-header.ts'

/** The receiver of parsed frames. Its methods throw `PeerMisbehaved`. */
export interface FrameSink {
  /** Whether it takes nothing now. Parsing stops after the call in which this becomes true. */
  readonly isHeld: boolean
  /** Whether the sink keeps no data of earlier calls. */
  readonly isAtRest: boolean
  /** Called for each header. `length` is a `bigint` above 2^53-1. */
  frameBegan(opcode: number, isFinal: boolean, reserved: number, length: number | bigint): void
  /**
   * Called for unmasked octets of the payload, at least one. `missing`: the octets of this frame that are still to come, or of its present
   * part of 2^52.
   */
  frameData(octets: Octets, start: number, end: number, missing: number): void
  frameEnded(): void
  /** Called when the octets of one `parse` are done, or the sink is held. */
  chunkEnded(): void
}

/**
 * Cuts a stream of octets into frames, RFC 6455 §5.2, however they were cut before.
 *
 * Unmasks in place: the octets that `parse` is given are lent, and may be changed until it returns. A header that is cut is gathered in 14 octets.
 * Payloads are not gathered here.
 */
export class FrameParser {
  readonly #rules: HeaderRules
  readonly #sink: FrameSink
  /** Unmasks payloads; `undefined`: masked payloads stay unchanged. */
  readonly #masker: Masker | undefined
  readonly #cutHeader = new Uint8Array(14)
  #cutSize = 0
  #isInFrame = false
  /** The length of the frame, or of its present part if it is longer than 2^53-1. */
  #length = 0
  #missing = 0
  /** The octets after the present part. */
  #beyond: bigint | undefined
  #key = 0

  constructor(rules: HeaderRules, sink: FrameSink, masker: Masker | undefined) {
    this.#rules = rules
    this.#sink = sink
    this.#masker = masker
  }

  /** Whether the sink accepts nothing now. */
  get isHeld(): boolean {
    return this.#sink.isHeld
  }

  /** Whether the parser is between two frames, and its sink is at rest. */
  get isAtRest(): boolean {
    return !this.#isInFrame && this.#cutSize === 0 && this.#sink.isAtRest
  }

  /** Parses until the octets end or the sink is held, and returns where it stopped. */
  parse(octets: Octets): number {
    const stoppedAt = this.#parse(octets)
    this.#sink.chunkEnded()
    return stoppedAt
  }

  #parse(octets: Octets): number {
    let at = 0
    while (!this.#sink.isHeld) {
      if (this.#isInFrame) {
        if (this.#missing > 0) {
          if (at === octets.length) return at
          at = this.#payload(octets, at)
        } else {
          this.#isInFrame = false
          this.#sink.frameEnded()
        }
      } else {
        if (at === octets.length) return at
        at = this.#cutSize === 0 ? this.#header(octets, at) : this.#restOfHeader(octets, at)
      }
    }
    return at
  }

  #header(octets: Octets, at: number): number {
    if (at + 1 < octets.length) {
      const first = octets[at]!
      const second = octets[at + 1]!
      checkHeader(first, second, this.#rules)
      const size = headerSize(second)
      if (at + size <= octets.length) {
        this.#begin(octets, at, size)
        return at + size
      }
    }
    for (let from = at; from < octets.length; from++) this.#cutHeader[this.#cutSize++] = octets[from]!
    return octets.length
  }

  /** Reads a header octet by octet, so that the first two are checked as soon as they have come. */
  #restOfHeader(octets: Octets, start: number): number {
    const header = this.#cutHeader
    for (let at = start; at < octets.length; at++) {
      header[this.#cutSize++] = octets[at]!
      if (this.#cutSize === 2) checkHeader(header[0]!, header[1]!, this.#rules)
      if (this.#cutSize === headerSize(header[1]!)) {
        const size = this.#cutSize
        this.#cutSize = 0
        this.#begin(header, 0, size)
        return at + 1
      }
    }
    return octets.length
  }

  #begin(header: Octets, at: number, size: number): void {
    const first = header[at]!
    const length = readLength(header, at)
    if (typeof length === 'bigint') this.#beginPart(length)
    else this.#missing = this.#length = length
    this.#key = isMasked(header[at + 1]!) ? readKey(header, at + size - 4) : 0
    this.#isInFrame = true
    this.#sink.frameBegan(opcodeOf(first), isFinal(first), reservedOf(first), length)
  }

  /**
   * Begins a part of a frame longer than 2^53-1. Such a frame is counted in parts, so that its end is exact and other frames are counted in
   * numbers (decision 54).
   */
  #beginPart(rest: bigint): void {
    const isLast = rest <= partSize
    this.#missing = this.#length = Number(isLast ? rest : partSize)
    this.#beyond = isLast ? undefined : rest - partSize
  }

  #payload(octets: Octets, start: number): number {
    const end = Math.min(octets.length, start + this.#missing)
    if (this.#key !== 0) this.#masker?.apply(octets, start, end, this.#key, (this.#length - this.#missing) & 3)
    this.#missing -= end - start
    if (this.#missing === 0 && this.#beyond !== undefined) this.#beginPart(this.#beyond)
    this.#sink.frameData(octets, start, end, this.#missing)
    return end
  }
}

/** The size of a part: a multiple of 4, so that the mask key begins anew with each part. */
const partSize = 2n ** 52n
