import { constants, createDeflateRaw, createInflateRaw, type DeflateRaw, type InflateRaw } from 'node:zlib'
import { isPromise } from '../../bytes/awaitable.ts'
import { type Compressor, type CompressorSettings, CorruptData, type Decompressor, type Deflate } from '../../bytes/deflate.ts'
import { copyOf, type Emit, joined, noOctets, type Octets } from '../../bytes/octets.ts'
import { lastFour, messageTail } from './message-tail.ts'

/** DEFLATE by the documented streams of zlib, for runtimes whose streams have no usable handle. Every operation takes several turns. */
export const streamDeflate: Deflate = {
  compressor: settings => new StreamCompressor(settings),
  decompressor: (windowBits, dictionary) => new StreamDecompressor(windowBits, dictionary),
}

class StreamCompressor implements Compressor {
  readonly #work: StreamWork
  #hasUnflushed = false

  constructor({ windowBits, level, memLevel }: CompressorSettings) {
    this.#work = new StreamWork(createDeflateRaw({ windowBits, level, memLevel }))
  }

  write(octets: Octets, emit: Emit): Promise<void> {
    this.#hasUnflushed = true
    return this.#work.write(octets, emit)
  }

  async flush(emit: Emit): Promise<void> {
    if (!this.#hasUnflushed) return
    this.#hasUnflushed = false
    await this.#work.flush(emit)
  }

  reset(): void {
    this.#hasUnflushed = false
    this.#work.reset()
  }

  close(): void {
    this.#work.close()
  }
}

/**
 * Inflates each message with a stream of its own, whose window begins with the previous messages: only at its end does a stream tell
 * whether its data are complete.
 */
class StreamDecompressor implements Decompressor {
  readonly #windowBits: number
  readonly #dictionary: Octets
  #window: Octets
  /** The last four octets of the message so far, as a number. */
  #last = 0
  #work: StreamWork | undefined
  #isClosed = false

  constructor(windowBits: number, dictionary: Octets = noOctets) {
    this.#windowBits = windowBits
    this.#dictionary = this.#window = dictionary
  }

  async write(octets: Octets, emit: Emit): Promise<void> {
    this.#last = lastFour(this.#last, octets)
    let rest: Octets = copyOf(octets, 0, octets.length)
    while (rest.length > 0 && !this.#isClosed) {
      rest = rest.subarray(await this.#feed(rest, emit))
      // a block was marked as the last: the content of the stream's window is lost, as it is where zlib is reset
      if (this.#work?.hasEnded) this.#forget()
    }
  }

  async endMessage(): Promise<void> {
    if (this.#isClosed) return
    const ending = this.#last === messageTail ? finalBlockAndOneMore : tailAndFinalBlock
    this.#last = 0
    const consumed = await this.#feed(ending, insideBlock).catch(asTruncated)
    if (this.#isClosed) return
    if (!this.#work?.hasEnded) insideBlock()
    // the last block of the message is marked as the last of the stream
    if (consumed === 0) return this.reset()
    if (consumed !== ending.length - 1) insideBlock()
    this.#endWork()
  }

  reset(): void {
    this.#last = 0
    this.#forget()
  }

  close(): void {
    this.#isClosed = true
    this.reset()
  }

  #forget(): void {
    this.#window = this.#dictionary
    this.#endWork()
  }

  /** Returns the number of octets that were used. */
  async #feed(octets: Octets, emit: Emit): Promise<number> {
    this.#work ??= this.#newWork()
    const work = this.#work
    const before = work.consumed
    await work.write(octets, piece => {
      this.#remember(piece)
      return emit(piece)
    })
    return work.consumed - before
  }

  #newWork(): StreamWork {
    const windowBits = this.#windowBits
    return new StreamWork(createInflateRaw(this.#window.length === 0 ? { windowBits } : { windowBits, dictionary: this.#window }))
  }

  #endWork(): void {
    this.#work?.close()
    this.#work = undefined
  }

  #remember(octets: Octets): void {
    const size = 2 ** this.#windowBits
    const kept = octets.length < size ? this.#window.subarray(Math.max(0, this.#window.length + octets.length - size)) : noOctets
    this.#window = joined([kept, octets.subarray(Math.max(0, octets.length - size))])
  }
}

/** Throws the error of a message that ends within a block: that is where its tail cannot be decoded. */
function asTruncated(error: unknown): never {
  throw error instanceof CorruptData ? new CorruptData(truncated) : error
}

/** Runs one piece of work at a time on a zlib stream. */
class StreamWork {
  readonly #stream: DeflateRaw | InflateRaw
  #isClosed = false
  #hasEnded = false
  #isPaused = false
  /** Whether the latest input is used up. */
  #isConsumed = false
  #emit: Emit | undefined
  #failed: ((error: unknown) => void) | undefined
  #settle: (() => void) | undefined

  constructor(stream: DeflateRaw | InflateRaw) {
    this.#stream = stream
    stream.on('data', (octets: Octets) => this.#emitted(octets))
    stream.on('error', error => this.#fail(new CorruptData(error.message)))
    stream.on('end', () => {
      this.#hasEnded = true
      this.#done()
    })
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Whether the data are marked as complete. */
  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** The number of octets of input that were used since the beginning. */
  get consumed(): number {
    return this.#stream.bytesWritten
  }

  write(octets: Octets, emit: Emit): Promise<void> {
    const lasting = copyOf(octets, 0, octets.length)
    return this.#run(emit, done => void this.#stream.write(lasting, done))
  }

  flush(emit: Emit): Promise<void> {
    return this.#run(emit, done => this.#stream.flush(constants.Z_SYNC_FLUSH, done))
  }

  reset(): void {
    if (!this.#isClosed) this.#stream.reset()
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#stream.destroy()
    this.#done()
  }

  #run(emit: Emit, work: (done: () => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed || this.#hasEnded) return resolve()
      this.#isConsumed = false
      this.#emit = emit
      this.#settle = resolve
      this.#failed = reject
      work(() => {
        this.#isConsumed = true
        this.#doneIfEmitted()
      })
    })
  }

  #emitted(octets: Octets): void {
    try {
      const asked = this.#isClosed ? undefined : this.#emit?.(new Uint8Array(octets.buffer, octets.byteOffset, octets.byteLength))
      if (isPromise(asked)) this.#waitFor(asked)
    } catch (error) {
      return this.#fail(error)
    }
    this.#doneIfEmitted()
  }

  /** Emits nothing until the receiver of the output is ready for more. */
  #waitFor(asked: PromiseLike<void>): void {
    this.#isPaused = true
    this.#stream.pause()
    asked.then(
      () => {
        this.#isPaused = false
        this.#stream.resume()
        this.#doneIfEmitted()
      },
      error => this.#fail(error),
    )
  }

  /**
   * Ends the work when all input is used and all output was emitted: a paused stream may hold output after it has used all of its input.
   */
  #doneIfEmitted(): void {
    if (this.#isConsumed && !this.#isPaused && this.#stream.readableLength === 0) this.#done()
  }

  #fail(error: unknown): void {
    this.#failed?.(error)
    this.close()
  }

  #done(): void {
    this.#emit = undefined
    this.#failed = undefined
    this.#settle?.()
    this.#settle = undefined
  }
}

/** Throws for output of the appended octets, which they give only as part of a block without an end. */
function insideBlock(): never {
  throw new CorruptData(truncated)
}

const truncated = 'the data ends inside a block'

/** An empty block that is marked as the last, and an octet that must be left over. */
const finalBlockAndOneMore = Uint8Array.of(0x03, 0x00, 0x00)

/** The octets that are appended to a message (RFC 7692 §7.2.2), then an empty last block, and an octet that must be left over. */
const tailAndFinalBlock = Uint8Array.of(0x00, 0x00, 0xff, 0xff, ...finalBlockAndOneMore)
