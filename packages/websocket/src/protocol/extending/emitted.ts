import { copyOf, type Emit, noOctets, type Octets } from '../../bytes/octets.ts'
import { emittedOctets } from '../frames/given-octets.ts'
import type { ExtensionChain } from './extension-chain.ts'
import { emittedTooLate } from './extension-faults.ts'

/**
 * The output of transforms for one frame, gathered until its length is known.
 *
 * Its memory is taken for the frame and returned, so that connections hold none: a few pieces serve them all, more are needed only while
 * transforms take several turns. The object belongs to the frame, so that a transform which emits too late cannot reach the frame of another
 * connection.
 */
export class Emitted {
  #octets: Octets = free.pop() ?? new Uint8Array(usualSize)
  #length = 0
  #isOver = false
  readonly #chain: Pick<ExtensionChain, 'names'>

  /** `chain`: the extensions that emit, for errors. */
  constructor(chain: Pick<ExtensionChain, 'names'>) {
    this.#chain = chain
  }

  /** The function that transforms get as `emit`. */
  readonly emit: Emit = emitted => {
    if (this.#isOver) throw emittedTooLate(this.#chain.names, 'encoder')
    const octets = emittedOctets(emitted, 'what an encoder emits')
    const length = this.#length + octets.length
    if (length > this.#octets.length) this.#grow(length)
    this.#octets.set(octets, this.#length)
    this.#length = length
  }

  /** Returns the octets. From `ownFrom` octets on they may be kept by reference; fewer are only lent, until `give`. */
  octets(ownFrom: number): Octets {
    const octets = this.#octets.subarray(0, this.#length)
    if (this.#length < ownFrom) return octets
    const isMostlyUsed = this.#length > this.#octets.length / 2
    if (!isMostlyUsed) return copyOf(octets, 0, octets.length)
    this.#octets = noOctets
    return octets
  }

  /** Returns the memory. Called once, at the end. */
  give(): void {
    const octets = this.#octets
    this.#isOver = true
    this.#octets = noOctets
    if (octets.length >= usualSize && octets.length <= mostKept && free.length < kept) free.push(octets)
  }

  #grow(needed: number): void {
    const grown = new Uint8Array(Math.max(needed, 2 * this.#octets.length))
    grown.set(this.#octets.subarray(0, this.#length))
    this.#octets = grown
  }
}

const free: Octets[] = []

const usualSize = 1024
const mostKept = 64 * 1024
const kept = 8
