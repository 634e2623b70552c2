import { constants, createDeflateRaw, type DeflateRaw } from 'node:zlib'
import type { AgreedWindow } from './exact-inflater.ts'
import { joined } from './octets.ts'

/** Compresses messages one after the other, on a zlib stream that keeps the context where that was agreed. The user has to close it. */
export class KeptDeflater {
  readonly #stream: DeflateRaw
  readonly #keepsContext: boolean
  #chunks: Uint8Array[] = []
  #failure: Error | undefined

  constructor({ windowBits, keepsContext }: AgreedWindow) {
    this.#keepsContext = keepsContext
    // zlib's smallest window has 9 bits. With it, zlib refers back 250 octets at most (MAX_DIST in its deflate.h), which fits a window of 8
    // bits.
    this.#stream = createDeflateRaw({ windowBits: Math.max(9, windowBits), level, flush: constants.Z_SYNC_FLUSH, chunkSize: 1 << 16 })
    this.#stream.on('data', (chunk: Uint8Array) => this.#chunks.push(chunk))
    this.#stream.on('error', error => {
      this.#failure = error
    })
  }

  /** Compresses a message and removes the marker of the flush (RFC 7692 §7.2.1). One call at a time. */
  async deflate(message: Uint8Array): Promise<Uint8Array> {
    // zlib writes nothing for a flush without data. RFC 7692 §7.2.3.6 gives this octet for an empty message.
    if (message.length === 0) return Uint8Array.of(0)
    this.#chunks = []
    await new Promise<void>(resolve => this.#stream.write(message, () => resolve()))
    if (this.#failure !== undefined) throw this.#failure
    if (!this.#keepsContext) this.#stream.reset()
    const octets = joined(this.#chunks)
    return octets.subarray(0, octets.length - markerLength)
  }

  close(): void {
    this.#stream.close()
  }
}

const markerLength = 4
/**
 * The compression level. It takes half the time of zlib's usual 6 on JSON, at nine tenths of its ratio; all testees wait for the fuzzer's
 * compression.
 */
const level = 3
