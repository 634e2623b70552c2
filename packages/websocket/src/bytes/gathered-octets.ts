import { type Allocate, allocateZeroed, joined, noOctets, type Octets, type ReceivedOctets } from './octets.ts'

/**
 * Gathers octets into one growing array, or into several where there are many and their number is unknown.
 *
 * It grows with the octets that arrive, to five times that at most, and never because of an announced length alone: `expected` only keeps
 * it from growing beyond that length. When more octets come than were announced (another frame, another piece from an extension), later
 * announcements are ignored, because growing by small amounts would copy everything for each piece. Small pieces leave no objects behind,
 * so that a message in a million fragments takes no more memory than its octets.
 */
export class GatheredOctets {
  readonly #allocate: Allocate
  #octets: ReceivedOctets = noOctets
  #length = 0
  #wasComplete = false
  /** Full arrays, which are not copied into larger ones. */
  #full: ReceivedOctets[] | undefined
  #fullLength = 0

  /** `allocate` may return octets of any content: only octets that were written are returned from here. */
  constructor(allocate: Allocate = allocateZeroed) {
    this.#allocate = allocate
  }

  get length(): number {
    return this.#fullLength + this.#length
  }

  /** Whether `take` would have to join several arrays. */
  get isInPieces(): boolean {
    return this.#full !== undefined
  }

  /** Adds a copy of the octets. `expected` is the number of octets that are announced to follow these. */
  append(octets: Octets, start: number, end: number, expected: number): void {
    const more = end - start
    if (this.#length + more > this.#octets.length) this.#makeRoom(more, expected)
    this.#octets.set(start === 0 && end === octets.length ? octets : octets.subarray(start, end), this.#length)
    this.#length += more
  }

  /** Returns all octets as one array, and begins anew. Pieces are joined in zeroed memory, where blocks of zeros take none. */
  take(): ReceivedOctets {
    return this.#full === undefined ? this.#takeOnly() : joined(this.takePieces())
  }

  /** Returns all octets as the arrays that they were gathered in, and begins anew. */
  takePieces(): readonly ReceivedOctets[] {
    const full = this.#full ?? []
    this.#full = undefined
    this.#fullLength = 0
    return [...full, this.#takeOnly()]
  }

  #takeOnly(): ReceivedOctets {
    const octets = this.#octets
    const length = this.#length
    this.#octets = noOctets
    this.#length = 0
    this.#wasComplete = false
    if (length === 0) return new Uint8Array(0)
    if (length === octets.length) return octets
    if (length <= octets.length * worthKeeping) return octets.slice(0, length)
    octets.fill(0, length)
    return octets.subarray(0, length)
  }

  /** Makes room. Large arrays are set aside, because copying one into an array of twice its size takes milliseconds. */
  #makeRoom(more: number, expected: number): void {
    if (this.#wasComplete && this.#length >= smallestPiece) {
      this.#full ??= []
      this.#full.push(this.#octets.subarray(0, this.#length))
      this.#fullLength += this.#length
      this.#octets = noOctets
      this.#length = 0
    }
    this.#grow(this.#length + more, this.#length + more + expected)
  }

  #grow(needed: number, expected: number): void {
    const doubled = Math.max(2 * this.#octets.length, Math.min(this.#fullLength, largestPiece), smallest)
    // five times where that holds all of it: a frame of 256 KiB whose first read lacks its header must not grow twice
    const most = expected <= 5 * needed ? expected : Math.max(doubled, 4 * needed)
    const size = Math.max(needed, this.#wasComplete ? doubled : Math.min(most, expected))
    const grown = this.#allocate(size, size < expected)
    this.#wasComplete = this.#wasComplete || expected === needed
    grown.set(this.#octets.subarray(0, this.#length))
    this.#octets = grown
  }
}

const smallest = 256

const smallestPiece = 1024 * 1024
const largestPiece = 4 * 1024 * 1024

/** The share of use above which the unused end costs less than a copy. */
const worthKeeping = 0.75
