import { constants, createDeflateRaw, createInflateRaw, type DeflateRaw, type InflateRaw } from 'node:zlib'
import { type Compressor, type CompressorSettings, CorruptData, type Decompressor, type Deflate } from '../bytes/deflate.ts'
import { copyOf, type Emit, type Octets } from '../bytes/octets.ts'

/** DEFLATE by zlib's streams, as documented, for runtimes whose streams have nothing usable below. Takes several turns for everything. */
export const streamDeflate: Deflate = {
  compressor: settings => new StreamCompressor(settings),
  decompressor: windowBits => new StreamDecompressor(windowBits),
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

class StreamDecompressor implements Decompressor {
  readonly #windowBits: number
  #work: StreamWork

  constructor(windowBits: number) {
    this.#windowBits = windowBits
    this.#work = this.#newWork()
  }

  async write(octets: Octets, emit: Emit): Promise<void> {
    let rest: Octets = copyOf(octets, 0, octets.length)
    while (rest.length > 0 && !this.#work.isClosed) {
      const before = this.#work.consumed
      await this.#work.write(rest, emit)
      if (!this.#work.hasEnded) return
      rest = rest.subarray(this.#work.consumed - before)
      this.#beginAnew()
    }
  }

  /** Whether the data ends inside a block these streams do not tell, unless what they make of the four octets is wrong. */
  async endMessage(emit: Emit): Promise<void> {
    await this.write(tail, emit)
  }

  reset(): void {
    if (this.#work.hasEnded) this.#beginAnew()
    else this.#work.reset()
  }

  close(): void {
    this.#work.close()
  }

  #newWork(): StreamWork {
    return new StreamWork(createInflateRaw({ windowBits: this.#windowBits }))
  }

  /** A block said that it was the last: the stream has ended, and what it knew is lost. */
  #beginAnew(): void {
    this.#work.close()
    this.#work = this.#newWork()
  }
}

/** One piece of work at a time on a zlib stream. */
class StreamWork {
  readonly #stream: DeflateRaw | InflateRaw
  #isClosed = false
  #hasEnded = false
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
      this.#emit = emit
      this.#settle = resolve
      this.#failed = reject
      work(() => this.#done())
    })
  }

  #emitted(octets: Octets): void {
    try {
      if (!this.#isClosed) this.#emit?.(new Uint8Array(octets.buffer, octets.byteOffset, octets.byteLength))
    } catch (error) {
      this.#fail(error)
    }
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

/** RFC 7692 §7.2.2. */
const tail = Uint8Array.of(0x00, 0x00, 0xff, 0xff)
