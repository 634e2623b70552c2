import { type Allocate, allocateZeroed, joined, noOctets, type Octets, type ReceivedOctets } from './octets.ts'

/**
 * Octets gathered into one growing array, or into several where they are many and nobody knows how many more will come.
 *
 * It grows with what arrives, to five times that at most, and never on anybody's word: `expected` only keeps it from growing beyond what
 * will come. Where more comes than that (another frame, another piece from an extension) it is not believed again, or each small piece
 * would copy everything.
 * Small pieces leave no objects behind, so that a message in a million fragments weighs what its octets weigh.
 */
export class GatheredOctets {
  readonly #allocate: Allocate
  #octets: ReceivedOctets = noOctets
  #length = 0
  #wasComplete = false
  /** Full arrays that are not copied into larger ones. */
  #full: ReceivedOctets[] | undefined
  #fullLength = 0

  /** `allocate` may give octets of any content: none is given away that was not written. */
  constructor(allocate: Allocate = allocateZeroed) {
    this.#allocate = allocate
  }

  get length(): number {
    return this.#fullLength + this.#length
  }

  /** Whether `take` would have to join. */
  get isInPieces(): boolean {
    return this.#full !== undefined
  }

  /** Copies the octets. `expected`: how many more are known to follow these. */
  append(octets: Octets, start: number, end: number, expected: number): void {
    const more = end - start
    if (this.#length + more > this.#octets.length) this.#makeRoom(more, expected)
    this.#octets.set(start === 0 && end === octets.length ? octets : octets.subarray(start, end), this.#length)
    this.#length += more
  }

  /** Gives everything away, and begins anew. */
  take(): ReceivedOctets {
    return this.#full === undefined ? this.#takeOnly() : joined(this.takePieces(), this.#allocate)
  }

  /** The same, not joined. */
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

  /** To copy what is large into an array of twice its size takes milliseconds in one go. */
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
    // five times where that is all of it: a frame of 256 KiB whose first read lacks its header must not grow twice
    const most = expected <= 5 * needed ? expected : Math.max(doubled, 4 * needed)
    const grown = this.#allocate(Math.max(needed, this.#wasComplete ? doubled : Math.min(most, expected)))
    this.#wasComplete = this.#wasComplete || expected === needed
    grown.set(this.#octets.subarray(0, this.#length))
    this.#octets = grown
  }
}

const smallest = 256

const smallestPiece = 1024 * 1024
const largestPiece = 4 * 1024 * 1024

/** Above this share of use, the unused end costs less than a copy. */
const worthKeeping = 0.75
