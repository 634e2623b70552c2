// @ts-check
// The extension on one connection: chooses a transform for each message, and keeps what is needed between messages.

import { Compressor, Decompressor } from './codecs.mjs'
import { Compressing, CompressingAlone } from './compressing.mjs'
import { Decompressing, DecompressingAlone } from './decompressing.mjs'

/** @typedef {import('@autobahn-ts/websocket').ExtensionInstance} ExtensionInstance */

/**
 * The agreed parameters, from the view of one side.
 *
 * @typedef {object} Agreement
 * @property {import('./parameters.mjs').Direction} own
 * @property {import('./parameters.mjs').Direction} peer
 * @property {number} quality
 * @property {number} threshold
 */

/**
 * RSV1, RSV2 and RSV3 are 4, 2 and 1. RSV1 is the bit of compression, so permessage-deflate cannot be used together with this extension.
 */
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
  /** The codecs of single messages in progress. @type {Set<{ close(): void }>} */
  #open = new Set()
  #isClosed = false

  /** @param {Agreement} agreement */
  constructor(agreement) {
    const { own, quality, threshold } = agreement
    this.#agreement = agreement
    // A brotli stream begins with its window size, so a message made for many cannot be put into the middle of a stream.
    this.cacheKey = own.noContextTakeover ? `${own.lgwin} ${quality} ${threshold}` : undefined
  }

  /** @param {import('@autobahn-ts/websocket').OutgoingMessage} message */
  encoder({ options, length, isShared }) {
    const { own, quality, threshold } = this.#agreement
    if (this.#isClosed || options.doNotCompress === true || (length !== undefined && length < threshold)) return undefined
    if (own.noContextTakeover) {
      const compressor = new Compressor(quality, own.lgwin)
      // A message for many is completed even if this connection is closed meanwhile.
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

  /** Called when the connection has ended: frees all memory and ends work in progress. */
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
