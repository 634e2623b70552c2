import type { Compressor, CompressorSettings, Decompressor, Deflate } from '../../bytes/deflate.ts'
import type { Octets } from '../../bytes/octets.ts'
import { unfinishedMessages, WorkLane } from '../../bytes/work-lane.ts'
import type { InflatingTogether } from './inflating.ts'

/**
 * The codecs of all connections of one extension.
 *
 * Where there is no context to keep, connections share: a codec is taken for one message and given back. Compressors that keep one
 * connection's context are bounded in number, because most connections are idle most of the time.
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
  /** By their owners, the one used last at the end. */
  readonly #contexts = new Map<object, { readonly compressor: Compressor; readonly usedAt: number }>()
  #uses = 0

  /** The lanes are those of the process, unless others are given. */
  constructor(deflate: Deflate, maxContexts: number, inflating: WorkLane = unfinishedMessages, deflating: WorkLane = deflatingOfProcess) {
    this.inflating = { lane: inflating, measured: (message, most) => this.#measured(message, most) }
    this.deflating = deflating
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

  /**
   * The owner's own. At the limit the one not used for longest makes room, if others were used meanwhile as often as all of them; else
   * `undefined`, for a message without context: to give up contexts that are in use would only cost time.
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

  /** A decompressor for one connection, as long as it lasts: what the peer remembers has to be remembered here. */
  newDecompressor(windowBits: number): Decompressor {
    return this.#deflate.decompressor(windowBits)
  }

  /**
   * Counts the octets that decompressing the beginning of a message would give, and keeps none of them. Stops counting above `most`.
   *
   * The window has zeros in place of what earlier messages left in it: the length of what comes out does not depend on its content.
   * Corrupt data count up to where they are corrupt.
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
      // whatever is wrong with the message is found again where it is decompressed
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
      // a message that its receiver does not take may be under way for ever: those behind it must not wait for that
      this.#use(owner, compressor)
      return false
    }
    this.closeContext(owner)
    return true
  }

  /** From now on it is the one used last. */
  #use(owner: object, compressor: Compressor): void {
    this.#contexts.delete(owner)
    this.#contexts.set(owner, { compressor, usedAt: this.#uses })
  }
}

interface ContextOwner {
  /** Whether a message that needs the context is under way. */
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

/** Of each kind. More are in use at once only while messages are sent or received in pieces. */
const mostFree = 4
