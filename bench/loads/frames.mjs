// Octets of the client's side, made by nobody's library.
import { constants, deflateRawSync } from 'node:zlib'

/** A frame, masked where a key is given. `first`: its first octet. */
export function frame(first, octets, key) {
  const extended = octets.length < 126 ? 0 : octets.length < 65536 ? 2 : 8
  const header = Buffer.alloc(2 + extended)
  header[0] = first
  header[1] = (key ? 0x80 : 0) | (extended === 0 ? octets.length : extended === 2 ? 126 : 127)
  if (extended === 2) header.writeUInt16BE(octets.length, 2)
  if (extended === 8) header.writeBigUInt64BE(BigInt(octets.length), 2)
  return key ? Buffer.concat([header, key, octets.map((octet, at) => octet ^ key[at & 3])]) : Buffer.concat([header, octets])
}

/** One message by itself, in a window of 512 octets: whoever keeps a context may get it again and again. */
export function deflated(octets) {
  return deflateRawSync(octets, { finishFlush: constants.Z_SYNC_FLUSH, windowBits: 9 }).subarray(0, -4)
}

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

/** Counts whole frames in what arrives, of which it keeps a header that was cut. */
export class FrameCounter {
  #cut = Buffer.alloc(0)
  #missing = 0

  count(octets) {
    let chunk = this.#cut.length === 0 ? octets : Buffer.concat([this.#cut, octets])
    this.#cut = Buffer.alloc(0)
    let frames = 0
    for (;;) {
      if (this.#missing > chunk.length) {
        this.#missing -= chunk.length
        return frames
      }
      chunk = chunk.subarray(this.#missing)
      this.#missing = 0
      if (chunk.length === 0) return frames
      const size = sizeOf(chunk)
      if (size === undefined) {
        this.#cut = Buffer.from(chunk)
        return frames
      }
      // a frame counts when its header is there; the rest of it follows
      frames++
      this.#missing = size
    }
  }
}

/** Octets of the frame that begins here; `undefined` where its header is cut. */
function sizeOf(chunk) {
  if (chunk.length < 2) return undefined
  const short = chunk[1] & 0x7f
  if (short < 126) return 2 + short
  if (short === 126) return chunk.length < 4 ? undefined : 4 + chunk.readUInt16BE(2)
  return chunk.length < 10 ? undefined : 10 + Number(chunk.readBigUInt64BE(2))
}
