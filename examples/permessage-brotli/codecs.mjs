// @ts-check
// Brotli codecs in the form that transforms need: one call at a time, each with a promise.
import { constants, createBrotliCompress, createBrotliDecompress } from 'node:zlib'

/** @typedef {import('@autobahn-ts/websocket').Octets} Octets */
/** @typedef {import('@autobahn-ts/websocket').Emit} Emit */

/** Thrown for octets that are not valid brotli data, or that end too early. */
export class CorruptData extends Error {}

export class Compressor {
  #work

  /** @param {number} quality @param {number} lgwin */
  constructor(quality, lgwin) {
    const params = { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_LGWIN]: lgwin }
    this.#work = new StreamWork(createBrotliCompress({ params }))
  }

  /** @param {Octets} octets @param {Emit} emit */
  write(octets, emit) {
    return this.#work.write(octets, emit)
  }

  /** Emits everything written so far, up to the end of an octet. @param {Emit} emit */
  flush(emit) {
    return this.#work.flush(emit)
  }

  /** @param {Emit} emit */
  finish(emit) {
    return this.#work.finish(emit)
  }

  close() {
    this.#work.close()
  }
}

export class Decompressor {
  #work = new StreamWork(createBrotliDecompress())
  #lgwin
  #hasBegun = false

  /** @param {number} lgwin the largest window that was agreed on */
  constructor(lgwin) {
    this.#lgwin = lgwin
  }

  /** @param {Octets} octets @param {Emit} emit */
  async write(octets, emit) {
    if (octets.length === 0) return
    if (!this.#hasBegun) this.#checkWindow(/** @type {number} */ (octets[0]))
    this.#hasBegun = true
    await this.#work.write(octets, emit)
  }

  /** @param {Emit} emit */
  finish(emit) {
    return this.#work.finish(emit)
  }

  close() {
    this.#work.close()
  }

  /** Checks the window of a stream before zlib allocates it, because it may have up to 16 MiB. @param {number} octet */
  #checkWindow(octet) {
    const lgwin = lgwinOf(octet)
    if (lgwin > this.#lgwin) throw new CorruptData(`its window is 2^${lgwin} octets, above the 2^${this.#lgwin} agreed on`)
  }
}

/**
 * Returns the window of a stream that begins with this octet, RFC 7932 §9.1.
 *
 * @param {number} octet
 */
export function lgwinOf(octet) {
  if ((octet & 1) === 0) return 16
  const high = (octet >> 1) & 7
  if (high !== 0) return 17 + high
  const low = (octet >> 4) & 7
  // 1 stands for windows that RFC 7932 does not have.
  if (low === 1) return Number.POSITIVE_INFINITY
  return low === 0 ? 17 : 8 + low
}

/** Runs one call at a time on a stream of zlib, each until it is done. */
class StreamWork {
  #stream
  #isClosed = false
  #given = 0
  /** @type {Emit | undefined} */
  #emit
  /** @type {(() => void) | undefined} */
  #resolve
  /** @type {((error: unknown) => void) | undefined} */
  #reject

  /** @param {import('node:zlib').BrotliCompress | import('node:zlib').BrotliDecompress} stream */
  constructor(stream) {
    this.#stream = stream
    stream.on('data', octets => this.#emitted(octets))
    stream.on('error', error => this.#fail(new CorruptData(error.message)))
    stream.on('end', () => this.#settle())
  }

  /** Copies the octets, which are lent for this call only, because a thread reads them. @param {Octets} octets @param {Emit} emit */
  write(octets, emit) {
    this.#given += octets.length
    return this.#run(emit, done => this.#stream.write(Uint8Array.from(octets), done))
  }

  /** @param {Emit} emit */
  flush(emit) {
    return this.#run(emit, done => this.#stream.flush(constants.BROTLI_OPERATION_FLUSH, done))
  }

  /** Ends the stream; the event `end` settles the promise. @param {Emit} emit */
  finish(emit) {
    return this.#run(emit, () => this.#stream.end())
  }

  /** Frees the memory. Work in progress ends and emits nothing more; later calls do nothing. */
  close() {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#stream.destroy()
    this.#settle()
  }

  /**
   * @param {Emit} emit
   * @param {(done: () => void) => void} work
   * @returns {Promise<void>}
   */
  #run(emit, work) {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return resolve()
      this.#emit = emit
      this.#resolve = resolve
      this.#reject = reject
      work(() => this.#settle())
    })
  }

  /** @param {Buffer} octets */
  #emitted(octets) {
    try {
      if (!this.#isClosed) this.#emit?.(new Uint8Array(octets.buffer, octets.byteOffset, octets.byteLength))
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Closes the stream, after output that exceeded the limit, or after corrupt data. @param {unknown} error */
  #fail(error) {
    this.#reject?.(error)
    this.close()
  }

  /** Octets that were not consumed follow the end of a brotli stream. */
  #settle() {
    if (!this.#isClosed && this.#stream.bytesWritten < this.#given) return this.#fail(new CorruptData('octets follow the end of the data'))
    this.#emit = undefined
    this.#reject = undefined
    this.#resolve?.()
    this.#resolve = undefined
  }
}
