import type { Compressor, CompressorSettings, Decompressor, Deflate } from '../../bytes/deflate.ts'

/**
 * The codecs of all connections of one extension.
 *
 * Where there is no context to keep, connections share: a codec is taken for one message and given back. Compressors that keep one
 * connection's context are bounded in number, because most connections are idle most of the time.
 */
export class Codecs {
  readonly #deflate: Deflate
  readonly #maxContexts: number
  readonly #compressors = new Map<string, Compressor[]>()
  readonly #decompressors = new Map<number, Decompressor[]>()
  /** By their owners, the one used last at the end. */
  readonly #contexts = new Map<object, Compressor>()

  constructor(deflate: Deflate, maxContexts: number) {
    this.#deflate = deflate
    this.#maxContexts = maxContexts
  }

  /** One that remembers nothing. */
  takeCompressor(key: string, settings: CompressorSettings): Compressor {
    return this.#compressors.get(key)?.pop() ?? this.#deflate.compressor(settings)
  }

  giveCompressor(key: string, compressor: Compressor): void {
    compressor.reset()
    keep(this.#compressors, key, compressor)
  }

  takeDecompressor(windowBits: number): Decompressor {
    return this.#decompressors.get(windowBits)?.pop() ?? this.#deflate.decompressor(windowBits)
  }

  giveDecompressor(windowBits: number, decompressor: Decompressor): void {
    decompressor.reset()
    keep(this.#decompressors, windowBits, decompressor)
  }

  /** The owner's own. Where it was given up meanwhile, a new one: a sender may forget what it sent at any time. */
  contextOf(owner: object, settings: CompressorSettings): Compressor {
    const known = this.#contexts.get(owner)
    this.#contexts.delete(owner)
    const compressor = known ?? this.#deflate.compressor(settings)
    this.#contexts.set(owner, compressor)
    if (this.#contexts.size > this.#maxContexts) this.#giveUpOldest()
    return compressor
  }

  closeContext(owner: object): void {
    this.#contexts.get(owner)?.close()
    this.#contexts.delete(owner)
  }

  /** A decompressor for one connection, as long as it lasts: what the peer remembers has to be remembered here. */
  newDecompressor(windowBits: number): Decompressor {
    return this.#deflate.decompressor(windowBits)
  }

  #giveUpOldest(): void {
    for (const owner of this.#contexts.keys()) {
      if ((owner as { readonly isCompressing?: boolean }).isCompressing === true) continue
      return this.closeContext(owner)
    }
  }
}

function keep<Key, Codec extends { close(): void }>(pool: Map<Key, Codec[]>, key: Key, codec: Codec): void {
  const free = pool.get(key)
  if (free === undefined) pool.set(key, [codec])
  else if (free.length < mostFree) free.push(codec)
  else codec.close()
}

/** Of each kind. More are in use at once only while messages are sent or received in pieces. */
const mostFree = 4
