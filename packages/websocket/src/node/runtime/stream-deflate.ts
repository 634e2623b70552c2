import { constants, createDeflateRaw, createInflateRaw, type DeflateRaw, type InflateRaw } from 'node:zlib'
import { isPromise } from '../../bytes/awaitable.ts'
import { type Compressor, type CompressorSettings, CorruptData, type Decompressor, type Deflate } from '../../bytes/deflate.ts'
import { copyOf, type Emit, joined, noOctets, type Octets } from '../../bytes/octets.ts'
import { lastFour, messageTail } from './message-tail.ts'

/** DEFLATE by zlib's streams, as documented, for runtimes whose streams have nothing usable below. Takes several turns for everything. */
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
 * A stream for each message, which begins with what the messages before have left in the window: a stream tells whether its data are
 * complete where they end, and only there.
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
      // a block said that it was the last: what the stream knew is lost, as it is where zlib is reset
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
    // the last block of the message said that no other follows
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

  /** Tells how many octets were used. */
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

/** Where what ends a message makes no sense, it stands inside a block. */
function asTruncated(error: unknown): never {
  throw error instanceof CorruptData ? new CorruptData(truncated) : error
}

/** One piece of work at a time on a zlib stream. */
class StreamWork {
  readonly #stream: DeflateRaw | InflateRaw
  #isClosed = false
  #hasEnded = false
  #isPaused = false
  /** Whether the input that was written last is used up. */
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

  /** Whether the data said that it is complete. */
  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Octets of input that were used, from the beginning. */
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

  /** Nothing is emitted until the receiver of the output takes more. */
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

  /** A paused stream may have used all of its input while it still holds some of its output. */
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

/** What is appended to a message gives output only where it became part of a block that has no end. */
function insideBlock(): never {
  throw new CorruptData(truncated)
}

const truncated = 'the data ends inside a block'

/** An empty block that says it is the last, and an octet that must be left over. */
const finalBlockAndOneMore = Uint8Array.of(0x03, 0x00, 0x00)

/** The same behind what is appended to a message, RFC 7692 §7.2.2. */
const tailAndFinalBlock = Uint8Array.of(0x00, 0x00, 0xff, 0xff, ...finalBlockAndOneMore)
