import { applyMask } from './mask.ts'
import type { Masker } from './masker.ts'
import type { Octets } from './octets.ts'
import { simdMaskModule } from './simd-mask-module.ts'

/**
 * Masks with the SIMD instructions of WebAssembly, without a native addon.
 *
 * Octets in its own memory are masked in place; others are copied in and out, which pays from `copiesFrom` octets on.
 */
export class SimdMasker implements Masker {
  /** A part of its memory, 256 KiB, that transports read into. */
  readonly readBuffer: Octets
  readonly #memory: ArrayBuffer
  readonly #mask: (at: number, end: number, key: number) => void
  readonly #scratch: Octets

  private constructor(memory: ArrayBuffer, mask: (at: number, end: number, key: number) => void) {
    this.#memory = memory
    this.#mask = mask
    this.readBuffer = new Uint8Array(memory, 0, readSize)
    this.#scratch = new Uint8Array(memory, readSize)
  }

  /**
   * Makes a masker; `undefined` where the runtime has no WebAssembly, no SIMD, or forbids compiling, and where the masker gives a wrong
   * result.
   */
  static create(): SimdMasker | undefined {
    try {
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(simdMaskModule()))
      const { memory, mask } = exports as unknown as Exports
      const masker = new SimdMasker(memory.buffer, mask)
      return masksWell(masker) ? masker : undefined
    } catch {
      return undefined
    }
  }

  apply(octets: Octets, start: number, end: number, key: number, phase: number): void {
    const length = end - start
    if (key === 0) return
    if (length >= inPlaceFrom && octets.buffer === this.#memory) {
      this.#mask(octets.byteOffset + start, octets.byteOffset + end, wordOf(key, phase))
    } else if (length >= copiesFrom) {
      this.#copyThrough(octets, start, end, wordOf(key, phase))
    } else {
      applyMask(octets, start, end, key, phase)
    }
  }

  /** Masks by way of the scratch memory, whose size is a multiple of four, so that each piece begins with the same octet of the key. */
  #copyThrough(octets: Octets, start: number, end: number, word: number): void {
    const scratch = this.#scratch
    for (let at = start; at < end; at += scratch.length) {
      const piece = octets.subarray(at, Math.min(end, at + scratch.length))
      scratch.set(piece)
      this.#mask(readSize, readSize + piece.length, word)
      piece.set(piece.length === scratch.length ? scratch : scratch.subarray(0, piece.length))
    }
  }
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly mask: (at: number, end: number, key: number) => void
}

/** Returns the key for the phase, with its first octet lowest, as in memory. */
function wordOf(key: number, phase: number): number {
  const bits = (phase & 3) << 3
  const turned = bits === 0 ? key : (key << bits) | (key >>> (32 - bits))
  return (turned << 24) | ((turned & 0xff00) << 8) | ((turned >>> 8) & 0xff00) | (turned >>> 24)
}

/** Tests both ways of masking once. */
function masksWell(masker: SimdMasker): boolean {
  return [masker.readBuffer.subarray(0, sampleSize), new Uint8Array(sampleSize)].every(octets => {
    octets.forEach((_, i) => {
      octets[i] = i
    })
    const wanted = Uint8Array.from(octets)
    applyMask(wanted, 1, sampleSize, 0x1234_5678, 3)
    masker.apply(octets, 1, sampleSize, 0x1234_5678, 3)
    return octets.every((octet, i) => octet === wanted[i])
  })
}

/**
 * The size of the buffer for reads. With 256 KiB, a message of that size takes one or two reads and not five: its echo takes 66 µs in place
 * of 87 (Node 20).
 */
const readSize = 256 * 1024

/** The numbers of octets from which SIMD is faster than the loops, measured on Node 20 with `bench/mask.mjs`. */
const inPlaceFrom = 80
const copiesFrom = 640

const sampleSize = 1003
