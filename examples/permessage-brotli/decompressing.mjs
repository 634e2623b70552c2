// @ts-check
// Transforms of received messages. Data that cannot be decoded is the peer's fault; the error has the close code.
import { CloseCode, PeerMisbehaved } from '@autobahn-ts/websocket'
import { CorruptData } from './codecs.mjs'
import { lengthOctets } from './compressing.mjs'

/** @typedef {import('@autobahn-ts/websocket').Octets} Octets */
/** @typedef {import('@autobahn-ts/websocket').Emit} Emit */
/** @typedef {import('@autobahn-ts/websocket').MessageTransform} MessageTransform */

/**
 * The other side of `Compressing`: holds the last four octets back, which are the length.
 *
 * @implements {MessageTransform}
 */
export class Decompressing {
  reserved = 0
  #decompressor
  #length = 0
  #held = new Uint8Array(0)

  /** @param {import('./codecs.mjs').Decompressor} decompressor */
  constructor(decompressor) {
    this.#decompressor = decompressor
  }

  /** @param {Octets} octets @param {Emit} emit */
  write(octets, emit) {
    const all = new Uint8Array(this.#held.length + octets.length)
    all.set(this.#held)
    all.set(octets, this.#held.length)
    const end = Math.max(0, all.length - lengthSize)
    this.#held = all.slice(end)
    return blamingPeer(this.#decompressor.write(all.subarray(0, end), piece => this.#emitted(piece, emit)))
  }

  end() {
    const wanted = lengthOctets(this.#length)
    if (this.#held.length !== lengthSize || this.#held.some((octet, i) => octet !== wanted[i]))
      throw corrupt('it has another length than it says')
  }

  /** @param {Octets} piece @param {Emit} emit */
  #emitted(piece, emit) {
    this.#length += piece.length
    // The library counts the output and throws above the limit, which stops decompression.
    emit(piece)
  }
}

/**
 * The other side of `CompressingAlone`.
 *
 * @implements {MessageTransform}
 */
export class DecompressingAlone {
  reserved = 0
  #decompressor
  #ended

  /** @param {import('./codecs.mjs').Decompressor} decompressor @param {() => void} ended */
  constructor(decompressor, ended) {
    this.#decompressor = decompressor
    this.#ended = ended
  }

  /** @param {Octets} octets @param {Emit} emit */
  write(octets, emit) {
    return blamingPeer(this.#decompressor.write(octets, emit))
  }

  /** @param {Emit} emit */
  async end(emit) {
    await blamingPeer(this.#decompressor.finish(emit))
    this.#decompressor.close()
    this.#ended()
  }
}

/**
 * @param {Promise<void>} work
 * @returns {Promise<void>}
 */
async function blamingPeer(work) {
  try {
    await work
  } catch (error) {
    throw error instanceof CorruptData ? corrupt(error.message) : error
  }
}

/** @param {string} why */
function corrupt(why) {
  return new PeerMisbehaved(CloseCode.InvalidPayload, `compressed message cannot be decompressed: ${why}`)
}

const lengthSize = 4
