import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'

/** The parameters that were agreed for one direction. */
export interface Direction {
  readonly windowBits: number
  readonly keepsContext: boolean
}

/** The permessage-deflate of a testee without faults, message by message. */
export class Compression {
  readonly own: Direction
  readonly peer: Direction
  #sent: Buffer = Buffer.alloc(0)
  #received: Buffer = Buffer.alloc(0)

  constructor(own: Direction, peer: Direction) {
    this.own = own
    this.peer = peer
  }

  deflate(message: Uint8Array): Uint8Array {
    // zlib's smallest window has 9 bits; for 8 bits its output is stored blocks.
    const level = this.own.windowBits === 8 ? 0 : 6
    const octets = deflateRawSync(message, {
      level,
      windowBits: Math.max(9, this.own.windowBits),
      finishFlush: constants.Z_SYNC_FLUSH,
      ...dictionary(this.#sent),
    })
    if (this.own.keepsContext) this.#sent = windowOf(this.#sent, message, this.own.windowBits)
    return message.length === 0 ? Uint8Array.of(0) : octets.subarray(0, -4)
  }

  /** Inflates a message, or returns the close code for a wrong one. */
  inflate(payload: Uint8Array): Uint8Array | number {
    let rest = Buffer.concat([payload, Uint8Array.of(0, 0, 0xff, 0xff)])
    let [window, length] = [this.#received, 0]
    const parts: Uint8Array[] = []
    try {
      // A block marked as last ends zlib's output, but not the message (RFC 7692 §7.2.1).
      while (rest.length > 0) {
        const options = {
          finishFlush: constants.Z_SYNC_FLUSH,
          maxOutputLength: 32 * 1024 * 1024 - length,
          info: true,
          ...dictionary(window),
        }
        const { buffer, engine } = inflatedOf(inflateRawSync(rest, options))
        parts.push(buffer)
        length += buffer.length
        window = windowOf(window, buffer, 15)
        rest = rest.subarray(engine.bytesWritten)
      }
    } catch (error) {
      return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE' ? 1009 : 1007
    }
    if (this.peer.keepsContext) this.#received = window
    return Buffer.concat(parts)
  }
}

function dictionary(window: Buffer): { dictionary?: Buffer } {
  return window.length === 0 ? {} : { dictionary: window }
}

function windowOf(before: Buffer, message: Uint8Array, bits: number): Buffer {
  return Buffer.concat([before, message]).subarray(-(1 << bits))
}

/** Reads zlib's result with the option `info`, which the types do not contain. */
function inflatedOf(result: unknown): { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } } {
  if (typeof result !== 'object' || result === null || !('buffer' in result) || !('engine' in result))
    throw new TypeError('zlib gave no info')
  const { buffer, engine } = result
  if (!Buffer.isBuffer(buffer) || typeof engine !== 'object' || engine === null || !('bytesWritten' in engine))
    throw new TypeError('zlib gave no info')
  return { buffer, engine: { bytesWritten: Number(engine.bytesWritten) } }
}
