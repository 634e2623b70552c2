import { copyOf, type Emit, type Octets } from '../bytes/octets.ts'

/**
 * What transforms emit for one frame, gathered until its length is known.
 *
 * Taken for each frame and given back, so that connections hold none: a few serve them all, more only where transforms take several turns.
 */
export class Emitted {
  #octets: Octets = new Uint8Array(usualSize)
  #length = 0

  /** To hand to a transform. */
  readonly emit: Emit = octets => {
    const length = this.#length + octets.length
    if (length > this.#octets.length) this.#grow(length)
    this.#octets.set(octets, this.#length)
    this.#length = length
  }

  static take(): Emitted {
    return free.pop() ?? new Emitted()
  }

  /** The octets may go elsewhere by reference from here on; where they are few they are only lent, until `give`. */
  octets(ownFrom: number): Octets {
    const octets = this.#octets.subarray(0, this.#length)
    if (this.#length < ownFrom) return octets
    const isMostlyUsed = this.#length > this.#octets.length / 2
    if (!isMostlyUsed) return copyOf(octets, 0, octets.length)
    this.#octets = new Uint8Array(usualSize)
    return octets
  }

  give(): void {
    this.#length = 0
    if (this.#octets.length > mostKept) this.#octets = new Uint8Array(usualSize)
    if (free.length < kept) free.push(this)
  }

  #grow(needed: number): void {
    const grown = new Uint8Array(Math.max(needed, 2 * this.#octets.length))
    grown.set(this.#octets.subarray(0, this.#length))
    this.#octets = grown
  }
}

const free: Emitted[] = []

const usualSize = 1024
const mostKept = 64 * 1024
const kept = 8
