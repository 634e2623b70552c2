import type { Compressor, CompressorSettings, Decompressor } from '../../bytes/deflate.ts'
import type { ExtensionInstance, MessageTransform, OutgoingMessage } from '../../protocol/extending/extension.ts'
import type { FrameHeader } from '../../protocol/frames/frame-header.ts'
import type { Codecs } from './codecs.ts'
import { Deflating, type MessageCompressor } from './deflating.ts'
import { Inflating } from './inflating.ts'
import type { DeflateAgreement } from './offer-and-response.ts'

/** The permessage-deflate of one connection. Its parts are made when they are first needed. */
export class DeflateInstance implements ExtensionInstance {
  /** RSV1, RFC 7692 §6. */
  readonly reservedBits: number = rsv1
  readonly opcodes: readonly number[] = []
  /** The parameters on which the output of a compressor without context depends. */
  readonly cacheKey: string
  readonly #codecs: Codecs
  readonly #agreement: DeflateAgreement
  readonly #compressorSettings: CompressorSettings
  #decompressor: Decompressor | undefined
  /** Codecs in use for messages in progress. */
  #taken: Set<Compressor | Decompressor> | undefined
  /** The message that is being decompressed. */
  #inflating: Inflating | undefined
  /** The message that is being compressed for this connection only. */
  #deflating: Deflating | undefined
  #isStale = false
  #isCompressing = false
  #isClosed = false

  constructor(codecs: Codecs, agreement: DeflateAgreement) {
    const { own, settings } = agreement
    const { level, memLevel, threshold } = settings
    this.#codecs = codecs
    this.#agreement = agreement
    this.#compressorSettings = { windowBits: own.windowBits, level, memLevel }
    this.cacheKey = `${own.windowBits} ${level} ${memLevel} ${threshold}`
  }

  /** Whether a message that needs its context is being compressed. */
  get isCompressing(): boolean {
    return this.#isCompressing
  }

  encoder({ options, length, isShared, isWhole }: OutgoingMessage): MessageTransform | undefined {
    const { own, settings } = this.#agreement
    if (options.doNotCompress === true || this.#isClosed) return undefined
    // `Direction` says why. Compressing is optional for each message (RFC 7692 §6).
    if (own.windowBits < smallestWindowBits) return undefined
    if (length !== undefined && length < settings.threshold) return undefined
    const together = isWhole === true && length !== undefined ? { lane: this.#codecs.deflating, length } : undefined
    if (isShared) return new Deflating(this.#beginForMany, together)
    this.#deflating = new Deflating(this.#begin, together)
    return this.#deflating
  }

  decoder({ reserved, isFinal, length }: FrameHeader, isKept = false): MessageTransform | undefined {
    if ((reserved & rsv1) === 0) return undefined
    const { windowBits, noContextTakeover } = this.#agreement.peer
    const together = isKept ? this.#codecs.inflating : undefined
    const wholeLength = isFinal ? length : undefined
    if (noContextTakeover) {
      const decompressor = this.#codecs.takeDecompressor(windowBits)
      this.#take(decompressor)
      const ended = (): void => {
        if (this.#taken?.delete(decompressor)) this.#codecs.giveDecompressor(windowBits, decompressor)
      }
      this.#inflating = new Inflating(decompressor, ended, together, wholeLength)
    } else {
      this.#decompressor ??= this.#codecs.newDecompressor(windowBits)
      this.#inflating = new Inflating(this.#decompressor, noWork, together, wholeLength)
    }
    return this.#inflating
  }

  sharedWasSent(): void {
    this.#isStale = true
  }

  close(): void {
    this.#isClosed = true
    this.#codecs.closeContext(this)
    this.#inflating?.close()
    this.#deflating?.close()
    this.#decompressor?.close()
    for (const codec of this.#taken ?? []) codec.close()
    this.#taken = undefined
  }

  /** Takes the compressor of a message. The function is made once per connection instead of once per message. */
  readonly #begin = (): MessageCompressor =>
    (this.#agreement.own.noContextTakeover ? undefined : this.#ownCompressor()) ?? this.#sharedCompressor()

  #ownCompressor(): MessageCompressor | undefined {
    const compressor = this.#codecs.contextOf(this, this.#compressorSettings)
    if (compressor === undefined) return undefined
    if (this.#isStale) compressor.reset()
    this.#isStale = false
    this.#isCompressing = true
    return { compressor, ended: this.#ownEnded }
  }

  readonly #ownEnded = (): void => {
    this.#isCompressing = false
  }

  #sharedCompressor(): MessageCompressor {
    const compressor = this.#codecs.takeCompressor(this.cacheKey, this.#compressorSettings)
    this.#take(compressor)
    const ended = (): void => {
      if (this.#taken?.delete(compressor)) this.#codecs.giveCompressor(this.cacheKey, compressor)
    }
    return { compressor, ended }
  }

  /**
   * Takes a compressor that does not belong to this connection: others wait for its output, even if this connection ends meanwhile
   * (decision 29).
   */
  readonly #beginForMany = (): MessageCompressor => {
    const compressor = this.#codecs.takeCompressor(this.cacheKey, this.#compressorSettings)
    return { compressor, ended: () => this.#codecs.giveCompressor(this.cacheKey, compressor) }
  }

  #take(codec: Compressor | Decompressor): void {
    this.#taken ??= new Set()
    this.#taken.add(codec)
  }
}

function noWork(): void {}

const rsv1 = 4
const smallestWindowBits = 9
