import { applyMask, type LengthForm } from './frame.ts'
import { joined } from './octets.ts'

/** A frame as it was received. */
export interface ReceivedFrame {
  readonly fin: boolean
  /** The three reserved bits as a number: 4 is RSV1, 2 is RSV2, 1 is RSV3. */
  readonly rsv: number
  readonly opcode: number
  readonly mask: Uint8Array | undefined
  readonly lengthForm: LengthForm
  /** The payload, unmasked. */
  readonly payload: Uint8Array
}

/** Thrown if the testee announced a frame that exceeds what is kept. */
export class FrameTooLong extends Error {
  override readonly name = 'FrameTooLong'
}

/** Splits octets, in chunks of any size, into frames. It checks the size of a frame only; the caller judges the rest. */
export class FrameReader {
  readonly #largest: number
  readonly #waiting: Uint8Array[] = []
  #waitingLength = 0
  #wanted = 2

  /** `largest`: the largest frame in octets. No memory is allocated before the octets have come. */
  constructor(largest: number) {
    this.#largest = largest
  }

  /** The number of octets of a frame that is not complete yet. */
  get pending(): number {
    return this.#waitingLength
  }

  /** Takes a chunk and yields the frames that it completes. Throws `FrameTooLong`. */
  *push(chunk: Uint8Array): Generator<ReceivedFrame> {
    this.#waiting.push(chunk)
    this.#waitingLength += chunk.length
    while (this.#waitingLength >= this.#wanted) {
      const octets = this.#gathered()
      let at = 0
      for (;;) {
        const rest = octets.subarray(at)
        const size = sizeOf(rest, this.#largest)
        if (size > rest.length) {
          this.#keep(rest, size)
          break
        }
        at += size
        yield frameOf(rest.subarray(0, size))
      }
    }
  }

  #gathered(): Uint8Array {
    const octets = this.#waiting.length === 1 ? this.#waiting[0]! : joined(this.#waiting)
    this.#waiting.length = 0
    this.#waitingLength = 0
    return octets
  }

  #keep(rest: Uint8Array, wanted: number): void {
    this.#wanted = wanted
    if (rest.length === 0) return
    // A copy, so that a few octets do not keep the memory of a large chunk alive.
    this.#waiting.push(rest.slice())
    this.#waitingLength = rest.length
  }
}

/** Returns the size of a frame, header included, as far as its header shows it; counts the missing octets of an incomplete header. */
function sizeOf(octets: Uint8Array, largest: number): number {
  if (octets.length < 2) return 2
  const headerSize = headerSizeOf(octets[1]!)
  if (octets.length < headerSize) return headerSize
  const length = payloadLengthOf(octets)
  if (length > BigInt(largest)) throw new FrameTooLong(`a frame of ${length} octets; the suite keeps ${largest}`)
  return headerSize + Number(length)
}

function frameOf(octets: Uint8Array): ReceivedFrame {
  const [first = 0, second = 0] = octets
  const headerSize = headerSizeOf(second)
  const mask = (second & 0x80) === 0 ? undefined : octets.slice(headerSize - 4, headerSize)
  const payload = octets.slice(headerSize)
  if (mask !== undefined) applyMask(payload, mask)
  return { fin: (first & 0x80) !== 0, rsv: (first >> 4) & 7, opcode: first & 15, mask, lengthForm: lengthFormOf(second), payload }
}

function headerSizeOf(second: number): number {
  const form = lengthFormOf(second)
  return 2 + (form === 7 ? 0 : form / 8) + ((second & 0x80) === 0 ? 0 : 4)
}

function lengthFormOf(second: number): LengthForm {
  const seven = second & 0x7f
  return seven < 126 ? 7 : seven === 126 ? 16 : 64
}

function payloadLengthOf(octets: Uint8Array): bigint {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length)
  const second = view.getUint8(1)
  switch (lengthFormOf(second)) {
    case 7:
      return BigInt(second & 0x7f)
    case 16:
      return BigInt(view.getUint16(2))
    case 64:
      return view.getBigUint64(2)
  }
}
