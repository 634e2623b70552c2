import { constants, createDeflateRaw, type DeflateRaw } from 'node:zlib'
import type { AgreedWindow } from './exact-inflater.ts'
import { joined } from './octets.ts'

/** Compresses messages one after the other, on a zlib stream that keeps the context where that is agreed. To be closed at the end. */
export class KeptDeflater {
  readonly #stream: DeflateRaw
  readonly #keepsContext: boolean
  #chunks: Uint8Array[] = []
  #failure: Error | undefined

  constructor({ windowBits, keepsContext }: AgreedWindow) {
    this.#keepsContext = keepsContext
    // zlib writes windows of 9 bits at least. With 9 it points back 250 octets at most, which 8 bits allow: MAX_DIST in its deflate.h.
    this.#stream = createDeflateRaw({ windowBits: Math.max(9, windowBits), level, flush: constants.Z_SYNC_FLUSH, chunkSize: 1 << 16 })
    this.#stream.on('data', (chunk: Uint8Array) => this.#chunks.push(chunk))
    this.#stream.on('error', error => {
      this.#failure = error
    })
  }

  /** The message without the marker of its flush (RFC 7692 §7.2.1). One at a time. */
  async deflate(message: Uint8Array): Promise<Uint8Array> {
    // Two flushes without data between them are one for zlib. RFC 7692 §7.2.3.6 has this octet for a message without any.
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
/** Half the time of zlib's usual 6 on JSON, at nine tenths of its ratio: time that the fuzzer takes is time that all testees wait. */
const level = 3
