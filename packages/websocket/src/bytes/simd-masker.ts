import { applyMask } from './mask.ts'
import type { Masker } from './masker.ts'
import type { Octets } from './octets.ts'
import { simdMaskModule } from './simd-mask-module.ts'

/**
 * Masks with WebAssembly's SIMD: no native addon.
 *
 * Octets that lie in its memory are masked where they are; others are copied in and out, which pays from `copiesFrom` octets on.
 */
export class SimdMasker implements Masker {
  /** 256 KiB of its memory, for a transport to read into. */
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

  /** `undefined` where the runtime has no WebAssembly or no SIMD in it, forbids to compile, or does not mask as it should. */
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

  /** The scratch holds a multiple of four, so that the key begins anew with each piece. */
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

/** The key as it applies at the phase, its first octet lowest: how memory has it. */
function wordOf(key: number, phase: number): number {
  const bits = (phase & 3) << 3
  const turned = bits === 0 ? key : (key << bits) | (key >>> (32 - bits))
  return (turned << 24) | ((turned & 0xff00) << 8) | ((turned >>> 8) & 0xff00) | (turned >>> 24)
}

/** One try of each way. */
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

/** A message of 256 KiB in one or two reads and not in five: 87 to 66 µs of its echo (Node 20). */
const readSize = 256 * 1024

/** Measured on Node 20 with `bench/mask.mjs`: below these numbers of octets the loops are faster. */
const inPlaceFrom = 80
const copiesFrom = 640

const sampleSize = 1003
