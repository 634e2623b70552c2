// @ts-check
// Transforms of outgoing messages.

/** @typedef {import('@autobahn-ts/websocket').Octets} Octets */
/** @typedef {import('@autobahn-ts/websocket').Emit} Emit */
/** @typedef {import('@autobahn-ts/websocket').MessageTransform} MessageTransform */

/** RSV1, which is set on the first frame of a message. */
const reserved = 4

/**
 * One message as a part of the stream that all messages of this direction are: flushed where it ends, and followed by its length, since a part
 * of a brotli stream does not say whether it is whole.
 *
 * @implements {MessageTransform}
 */
export class Compressing {
  reserved = reserved
  #compressor
  #length = 0

  /** @param {import('./codecs.mjs').Compressor} compressor */
  constructor(compressor) {
    this.#compressor = compressor
  }

  /** @param {Octets} octets @param {Emit} emit */
  write(octets, emit) {
    this.#length += octets.length
    return this.#compressor.write(octets, emit)
  }

  /** Called where a frame ends within the message. @param {Emit} emit */
  flush(emit) {
    return this.#compressor.flush(emit)
  }

  /** @param {Emit} emit */
  async end(emit) {
    await this.#compressor.flush(emit)
    emit(lengthOctets(this.#length))
  }
}

/**
 * One message as a brotli stream of its own, which says itself where it ends.
 *
 * @implements {MessageTransform}
 */
export class CompressingAlone {
  reserved = reserved
  #compressor
  #ended

  /** @param {import('./codecs.mjs').Compressor} compressor @param {() => void} ended */
  constructor(compressor, ended) {
    this.#compressor = compressor
    this.#ended = ended
  }

  /** @param {Octets} octets @param {Emit} emit */
  write(octets, emit) {
    return this.#compressor.write(octets, emit)
  }

  /** @param {Emit} emit */
  flush(emit) {
    return this.#compressor.flush(emit)
  }

  /** @param {Emit} emit */
  async end(emit) {
    await this.#compressor.finish(emit)
    this.#compressor.close()
    this.#ended()
  }
}

/**
 * The length modulo 2^32, the highest octet first.
 *
 * @param {number} length
 */
export function lengthOctets(length) {
  const octets = new Uint8Array(4)
  new DataView(octets.buffer).setUint32(0, length % 2 ** 32)
  return octets
}
