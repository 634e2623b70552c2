import type { Compressor, CompressorSettings, Decompressor, Deflate } from '../../bytes/deflate.ts'
import type { Octets } from '../../bytes/octets.ts'
import { unfinishedMessages, WorkLane } from '../../bytes/work-lane.ts'
import type { InflatingTogether } from './inflating.ts'

/**
 * The codecs of all connections of one extension.
 *
 * Connections without context share codecs: a codec is taken for one message and returned. The number of compressors that keep a
 * connection's context is limited, because most connections are idle most of the time (decision 27).
 */
export class Codecs {
  /** The queue in which large messages are decompressed one after the other. */
  readonly inflating: InflatingTogether
  /** The queue in which large messages are compressed one after the other. */
  readonly deflating: WorkLane
  readonly #deflate: Deflate
  readonly #maxContexts: number
  readonly #compressors = new Map<string, Compressor[]>()
  readonly #decompressors = new Map<number, Decompressor[]>()
  /** Compressors with a context by their owners, the most recently used last. */
  readonly #contexts = new Map<object, { readonly compressor: Compressor; readonly usedAt: number }>()
  #uses = 0

  /** The default lanes are those of the process. */
  constructor(deflate: Deflate, maxContexts: number, inflating: WorkLane = unfinishedMessages, deflating: WorkLane = deflatingOfProcess) {
    this.inflating = { lane: inflating, measured: (message, most) => this.#measured(message, most) }
    this.deflating = deflating
    this.#deflate = deflate
    this.#maxContexts = maxContexts
  }

  /** Takes a compressor without context. */
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

  /**
   * Returns the owner's compressor. At the limit the least recently used one makes room, if it was idle while the others were used often
   * enough; otherwise returns `undefined`, for a message without context, because giving up contexts in use would only cost time (decision 27).
   */
  contextOf(owner: object, settings: CompressorSettings): Compressor | undefined {
    this.#uses++
    const known = this.#contexts.get(owner)
    if (known === undefined && !this.#hasRoom()) return undefined
    const compressor = known?.compressor ?? this.#deflate.compressor(settings)
    this.#use(owner, compressor)
    return compressor
  }

  closeContext(owner: object): void {
    this.#contexts.get(owner)?.compressor.close()
    this.#contexts.delete(owner)
  }

  /** Makes a decompressor for the lifetime of one connection: it has to remember what the peer's compressor remembers. */
  newDecompressor(windowBits: number): Decompressor {
    return this.#deflate.decompressor(windowBits)
  }

  /**
   * Counts the octets that decompressing the beginning of a message would give, without keeping them. Stops counting above `most`.
   *
   * The window has zeros in place of earlier messages, because the length of the output does not depend on its content. Corrupt data are
   * counted up to the fault.
   */
  async #measured(message: Octets, most: number): Promise<number> {
    const decompressor = this.#deflate.decompressor(largestWindowBits, zeros)
    let length = 0
    try {
      await decompressor.write(message, octets => {
        length += octets.length
        if (length > most) throw new Error('counted enough')
      })
    } catch {
      // A fault in the message is found again when it is decompressed.
    } finally {
      decompressor.close()
    }
    return length
  }

  #hasRoom(): boolean {
    if (this.#contexts.size < this.#maxContexts) return true
    const [oldest] = this.#contexts
    if (oldest === undefined) return false
    const [owner, { compressor, usedAt }] = oldest
    if (this.#uses - usedAt <= 2 * this.#maxContexts) return false
    if ((owner as ContextOwner).isCompressing === true) {
      // A message whose receiver does not read may never end; those behind it must not wait for that.
      this.#use(owner, compressor)
      return false
    }
    this.closeContext(owner)
    return true
  }

  /** Marks a compressor as the most recently used. */
  #use(owner: object, compressor: Compressor): void {
    this.#contexts.delete(owner)
    this.#contexts.set(owner, { compressor, usedAt: this.#uses })
  }
}

interface ContextOwner {
  /** Whether a message that needs the context is being compressed. */
  readonly isCompressing?: boolean
}

function keep<Key, Codec extends { close(): void }>(pool: Map<Key, Codec[]>, key: Key, codec: Codec): void {
  const free = pool.get(key)
  if (free === undefined) pool.set(key, [codec])
  else if (free.length < mostFree) free.push(codec)
  else codec.close()
}

const deflatingOfProcess = new WorkLane()

const largestWindowBits = 15
const zeros = new Uint8Array(2 ** largestWindowBits)

/** The number of unused codecs of each kind that are kept. More are in use at once only while messages are sent or received in pieces. */
const mostFree = 4
