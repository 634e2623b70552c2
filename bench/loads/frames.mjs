// Makes and reads frames without any library.
import { createHash } from 'node:crypto'
import { constants, deflateRawSync } from 'node:zlib'

/** Makes a frame, masked if there is a key. `first` is its first octet. */
export function frame(first, octets, key) {
  const head = header(first, octets.length, key !== undefined)
  return key ? Buffer.concat([head, key, octets.map((octet, at) => octet ^ key[at & 3])]) : Buffer.concat([head, octets])
}

export function header(first, length, isMasked) {
  const extended = length < 126 ? 0 : length < 65536 ? 2 : 8
  const octets = Buffer.alloc(2 + extended)
  octets[0] = first
  octets[1] = (isMasked ? 0x80 : 0) | (extended === 0 ? length : extended === 2 ? 126 : 127)
  if (extended === 2) octets.writeUInt16BE(length, 2)
  if (extended === 8) octets.writeBigUInt64BE(BigInt(length), 2)
  return octets
}

/** Returns the frame at the beginning of the data; `undefined` if it is not complete yet. */
export function readFrame(octets) {
  const size = sizeOf(octets)
  if (size === undefined || octets.length < size) return undefined
  const isMasked = octets[1] >= 0x80
  const short = octets[1] & 0x7f
  const start = (short < 126 ? 2 : short === 126 ? 4 : 10) + (isMasked ? 4 : 0)
  const key = octets.subarray(start - 4, start)
  const body = octets.subarray(start, size)
  return { first: octets[0], size, payload: isMasked ? body.map((octet, at) => octet ^ key[at & 3]) : body }
}

/**
 * Compresses one message in a window of 512 octets, without references to others, so that it can be sent repeatedly even with a context.
 */
export function deflated(octets) {
  return deflateRawSync(octets, { finishFlush: constants.Z_SYNC_FLUSH, windowBits: 9 }).subarray(0, -4)
}

/** Makes the opening handshake of a client. */
export function handshake(deflate) {
  const extensions = {
    takeover: 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n',
    none: 'Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover; client_max_window_bits\r\n',
  }
  return (
    'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
    `Sec-WebSocket-Version: 13\r\n${extensions[deflate] ?? ''}\r\n`
  )
}

/** Makes a server's answer to a handshake (RFC 6455 §4.2.2). */
export function acceptance(request) {
  const [, key] = /^sec-websocket-key: *(\S+)/im.exec(request)
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`
}

/** Counts the complete frames in the data. */
export class FrameCounter {
  #cut = Buffer.alloc(0)
  #missing = 0

  count(octets) {
    let chunk = this.#cut.length === 0 ? octets : Buffer.concat([this.#cut, octets])
    this.#cut = Buffer.alloc(0)
    for (let frames = 0; ; frames++) {
      if (this.#missing === 0) {
        const size = sizeOf(chunk)
        if (size === undefined) {
          this.#cut = Buffer.from(chunk)
          return frames
        }
        this.#missing = size
      }
      if (this.#missing > chunk.length) {
        this.#missing -= chunk.length
        return frames
      }
      chunk = chunk.subarray(this.#missing)
      this.#missing = 0
    }
  }
}

/** Counts replies that all have the same size. */
export class OctetCounter {
  #size
  #partial = 0

  constructor(size) {
    this.#size = size
  }

  count(octets) {
    const length = this.#partial + octets.length
    const complete = Math.floor(length / this.#size)
    this.#partial = length - complete * this.#size
    return complete
  }
}

/** Returns the size of the frame that begins here; `undefined` if its header is incomplete. */
export function sizeOf(chunk) {
  if (chunk.length < 2) return undefined
  const key = chunk[1] >= 0x80 ? 4 : 0
  const short = chunk[1] & 0x7f
  if (short < 126) return 2 + key + short
  if (short === 126) return chunk.length < 4 ? undefined : 4 + key + chunk.readUInt16BE(2)
  return chunk.length < 10 ? undefined : 10 + key + Number(chunk.readBigUInt64BE(2))
}
