// @ts-check
// The extension at work on one connection: which message gets which transform, and what is kept between messages.

import { Compressor, Decompressor } from './codecs.mjs'
import { Compressing, CompressingAlone } from './compressing.mjs'
import { Decompressing, DecompressingAlone } from './decompressing.mjs'

/** @typedef {import('@autobahn-ts/websocket').ExtensionInstance} ExtensionInstance */

/**
 * What was agreed on, as one side sees it.
 *
 * @typedef {object} Agreement
 * @property {import('./parameters.mjs').Direction} own
 * @property {import('./parameters.mjs').Direction} peer
 * @property {number} quality
 * @property {number} threshold
 */

/** RSV1, RSV2 and RSV3 are 4, 2 and 1. This is the bit of compression, so permessage-deflate cannot be agreed on beside this one. */
const rsv1 = 4

/** @implements {ExtensionInstance} */
export class BrotliInstance {
  reservedBits = rsv1
  /** @type {number[]} */
  opcodes = []
  /** @type {string | undefined} */
  cacheKey
  #agreement
  /** @type {Compressor | undefined} */
  #compressor
  /** @type {Decompressor | undefined} */
  #decompressor
  /** Of single messages that are under way. @type {Set<{ close(): void }>} */
  #open = new Set()
  #isClosed = false

  /** @param {Agreement} agreement */
  constructor(agreement) {
    const { own, quality, threshold } = agreement
    this.#agreement = agreement
    // A brotli stream begins with its window size: a message made for many cannot stand in the middle of a stream that goes on.
    this.cacheKey = own.noContextTakeover ? `${own.lgwin} ${quality} ${threshold}` : undefined
  }

  /** @param {import('@autobahn-ts/websocket').OutgoingMessage} message */
  encoder({ options, length, isShared }) {
    const { own, quality, threshold } = this.#agreement
    if (this.#isClosed || options.doNotCompress === true || (length !== undefined && length < threshold)) return undefined
    if (own.noContextTakeover) {
      const compressor = new Compressor(quality, own.lgwin)
      // what is made for many is made to its end, also where this connection is closed meanwhile
      return new CompressingAlone(compressor, isShared ? () => {} : this.#opened(compressor))
    }
    this.#compressor ??= new Compressor(quality, own.lgwin)
    return new Compressing(this.#compressor)
  }

  /** @param {import('@autobahn-ts/websocket').FrameHeader} firstHeader */
  decoder({ reserved }) {
    const { peer } = this.#agreement
    if ((reserved & rsv1) === 0) return undefined
    if (peer.noContextTakeover) {
      const decompressor = new Decompressor(peer.lgwin)
      return new DecompressingAlone(decompressor, this.#opened(decompressor))
    }
    this.#decompressor ??= new Decompressor(peer.lgwin)
    return new Decompressing(this.#decompressor)
  }

  /** The connection is gone: nothing may hold memory any more, and what is under way has to end. */
  close() {
    this.#isClosed = true
    this.#compressor?.close()
    this.#decompressor?.close()
    for (const codec of this.#open) codec.close()
    this.#open.clear()
  }

  /**
   * @param {{ close(): void }} codec
   * @returns {() => void} to call when it is closed
   */
  #opened(codec) {
    this.#open.add(codec)
    return () => void this.#open.delete(codec)
  }
}
