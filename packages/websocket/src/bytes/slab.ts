import { type Allocate, allocateZeroed, type Octets } from './octets.ts'

/**
 * Makes arrays for what an application gets to keep, the smaller ones cut out of larger ones.
 *
 * An array of its own costs the runtime an allocation outside its heap, which for a payload of 1 KiB is more than everything else that is
 * done with it. Up to 64 octets lie within the heap anyway. One small payload that is kept holds at most `slabSize` octets with it.
 */
export class Slab {
  readonly #allocate: (size: number) => ArrayBuffer
  readonly #allocateUnset: Allocate
  #slab: ArrayBuffer | undefined
  #used = 0

  /** `allocate` gives zeroed memory; a runtime may guard it against being transferred, which would take the neighbours along. */
  constructor(allocate: (size: number) => ArrayBuffer = size => new ArrayBuffer(size), allocateUnset: Allocate = allocateZeroed) {
    this.#allocate = allocate
    this.#allocateUnset = allocateUnset
  }

  /** Zeroed octets, which nobody else has. Their place in memory is a multiple of 8, for views of wider elements. */
  take(length: number): Octets {
    if (length <= withinHeap || length > mostCut) return new Uint8Array(length)
    // transferred in spite of all, it is empty: who did that has taken its neighbours, and must not take what comes later
    if (this.#slab === undefined || this.#used + length > slabSize || this.#slab.byteLength === 0) {
      this.#slab = this.#allocate(slabSize)
      this.#used = 0
    }
    const octets = new Uint8Array(this.#slab, this.#used, length)
    this.#used += (length + 7) & ~7
    return octets
  }

  /** A copy of a part. */
  copy(octets: Octets, start: number, end: number): Octets {
    const length = end - start
    const copy = length > mostCut ? this.#allocateUnset(length) : this.take(length)
    if (length > withinHeap) copy.set(octets.subarray(start, end))
    else for (let at = 0; at < length; at++) copy[at] = octets[start + at]!
    return copy
  }
}

/** V8 keeps typed arrays up to here within its heap. */
const withinHeap = 64

/** From here on an eighth of a slab could be left over. */
const mostCut = 2048

export const slabSize: number = 16 * 1024
