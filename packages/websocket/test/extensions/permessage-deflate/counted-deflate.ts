import type { Compressor, Decompressor, Deflate } from '../../../src/bytes/deflate.ts'
import type { Octets } from '../../../src/bytes/octets.ts'
import { makeSyncDeflate } from '../../../src/node/runtime/sync-deflate.ts'

/** Real DEFLATE that knows how many codecs were made and not closed. */
export class CountedDeflate implements Deflate {
  readonly #deflate = makeSyncDeflate()!
  readonly open = new Set<object>()
  made = 0

  compressor(settings: Parameters<Deflate['compressor']>[0]): Compressor {
    return this.#count(this.#deflate.compressor(settings))
  }

  decompressor(windowBits: number, dictionary?: Octets): Decompressor {
    return this.#count(this.#deflate.decompressor(windowBits, dictionary))
  }

  #count<Codec extends { close(): void }>(codec: Codec): Codec {
    const close = codec.close.bind(codec)
    this.made++
    this.open.add(codec)
    codec.close = () => {
      this.open.delete(codec)
      close()
    }
    return codec
  }
}
