import { ApiMisuse } from '../faults/errors.ts'
import { shownValue } from '../faults/shown-value.ts'

/**
 * A frame whose payload the application sends piece by piece: how many octets it misses.
 *
 * A frame may be longer than a number can count, with up to 2^63-1 octets (RFC 6455 §5.2). Its count is split: `missing` is a number that
 * stays at 2^53-1 while more are missing, and the rest is a `bigint` (decision 47).
 */
export class StreamedFrame {
  /** Whether it is the last frame of its message. */
  readonly isFinal: boolean
  /** Whether its length is above 2^53-1. */
  readonly isLong: boolean
  #missing: number
  /** The missing octets that `#missing` does not count. */
  #beyond = 0n
  #reserved: number

  /** `length`: as `checkedLength` returns it. `reserved`: the reserved bits that the application asked for. */
  constructor(length: number | bigint, isFinal: boolean, reserved: number) {
    this.isFinal = isFinal
    this.isLong = typeof length === 'bigint'
    this.#missing = typeof length === 'bigint' ? Number.MAX_SAFE_INTEGER : length
    if (typeof length === 'bigint') this.#beyond = length - mostInNumber
    this.#reserved = reserved
  }

  /** Octets that are missing: at most 2^53-1, even where more are. */
  get missing(): number {
    return this.#missing
  }

  /** Octets that are missing: a `bigint` above 2^53-1. */
  get exactlyMissing(): number | bigint {
    return this.#beyond === 0n ? this.#missing : BigInt(this.#missing) + this.#beyond
  }

  /** Counts octets of the payload as sent: at most `missing`. */
  count(octets: number): void {
    this.#missing -= octets
    if (this.#beyond === 0n) return
    const moved = this.#beyond < BigInt(octets) ? Number(this.#beyond) : octets
    this.#missing += moved
    this.#beyond -= BigInt(moved)
  }

  /** Returns the reserved bits at the first call, and 0 at later ones: only one frame on the wire carries them. */
  takeReserved(): number {
    const reserved = this.#reserved
    this.#reserved = 0
    return reserved
  }
}

/** Checks the length of a frame. Returns a number, or a `bigint` above 2^53-1. Throws `ApiMisuse` where it is not a length. */
export function checkedLength(length: number | bigint): number | bigint {
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
