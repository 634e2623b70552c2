/** The opcodes of RFC 6455 §5.2. Cases may use any number from 0 to 15. */
export const Opcode = { Continuation: 0, Text: 1, Binary: 2, Close: 8, Ping: 9, Pong: 10 } as const

/** The form of the payload length in a header: 7 bits, or 16 or 64 bits after them. */
export type LengthForm = 7 | 16 | 64

/** A frame to be written, right or wrong: nothing is checked. */
export interface WireFrame {
  /** 0 to 15. */
  readonly opcode: number
  /** Default: true. */
  readonly fin?: boolean
  /** The three reserved bits as a number: 4 is RSV1, 2 is RSV2, 1 is RSV3. Default: 0. */
  readonly rsv?: number
  readonly payload: Uint8Array
  /** The four octets of the mask. Default: the frame is not masked. */
  readonly mask?: Uint8Array
  /** The form of the length. Default: the shortest that fits (RFC 6455 §5.2). */
  readonly lengthForm?: LengthForm
  /** A length for the header that differs from that of the payload. */
  readonly claimedLength?: bigint
}

/** Encodes a frame. */
export function encodeFrame(frame: WireFrame): Uint8Array {
  const header = encodeHeader(frame)
  const octets = new Uint8Array(header.length + frame.payload.length)
  octets.set(header)
  octets.set(frame.payload, header.length)
  if (frame.mask !== undefined) applyMask(octets.subarray(header.length), frame.mask)
  return octets
}

/** Masks or unmasks octets in place; both are one operation (RFC 6455 §5.3). */
export function applyMask(octets: Uint8Array, mask: Uint8Array): void {
  const [a = 0, b = 0, c = 0, d = 0] = mask
  const whole = octets.length - (octets.length % 4)
  for (let at = 0; at < whole; at += 4) {
    octets[at]! ^= a
    octets[at + 1]! ^= b
    octets[at + 2]! ^= c
    octets[at + 3]! ^= d
  }
  for (let at = whole; at < octets.length; at++) octets[at]! ^= mask[at % 4]!
}

function encodeHeader({ opcode, fin = true, rsv = 0, payload, mask, claimedLength, lengthForm }: WireFrame): Uint8Array {
  const length = claimedLength ?? BigInt(payload.length)
  const form = lengthForm ?? shortestForm(length)
  const header = new DataView(new ArrayBuffer(2 + (form === 7 ? 0 : form / 8) + (mask === undefined ? 0 : 4)))
  header.setUint8(0, (fin ? 0x80 : 0) | (rsv << 4) | opcode)
  header.setUint8(1, (mask === undefined ? 0 : 0x80) | (form === 7 ? Number(length) : form === 16 ? 126 : 127))
  if (form === 16) header.setUint16(2, Number(length))
  if (form === 64) header.setBigUint64(2, length)
  const octets = new Uint8Array(header.buffer)
  if (mask !== undefined) octets.set(mask, octets.length - 4)
  return octets
}

function shortestForm(length: bigint): LengthForm {
  return length < 126n ? 7 : length < 65_536n ? 16 : 64
}
