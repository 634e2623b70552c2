import { noOctets, type Octets } from '../bytes/octets.ts'
import { webText } from '../bytes/text.ts'
import { Opcode } from '../protocol/frames/opcode.ts'

/** The fields of a frame to write, RFC 6455 §5.2. Nothing is checked: a test may write what no peer should. */
export interface RawFrameFields {
  /** Default: 1, text, for a string, else 2, binary. */
  readonly opcode?: number
  /** A string is sent as UTF-8. Default: empty. */
  readonly payload?: string | Octets | readonly number[]
  /** The bit FIN. Default: true. */
  readonly isFinal?: boolean
  /** The bits RSV1, RSV2 and RSV3 as 4, 2 and 1. Default: 0. */
  readonly reserved?: number
  /** Whether the payload is masked, with the key 1, 2, 3, 4. Default: true for a client and false for a server. */
  readonly isMasked?: boolean
  /** The length in the header, where it is not that of the payload. */
  readonly length?: number
}

/** A frame that a raw peer has received. */
export class RawFrame {
  readonly opcode: number
  readonly isFinal: boolean
  /** The bits RSV1, RSV2 and RSV3 as 4, 2 and 1. */
  readonly reserved: number
  readonly isMasked: boolean
  /** The payload without its mask. */
  readonly payload: Uint8Array

  /** `first` is the first octet of the frame. */
  constructor(first: number, isMasked: boolean, payload: Uint8Array) {
    this.opcode = first & 0x0f
    this.isFinal = first >= 0x80
    this.reserved = (first >> 4) & 7
    this.isMasked = isMasked
    this.payload = payload
  }

  /** The payload as text; invalid UTF-8 becomes U+FFFD. */
  get text(): string {
    return webText.decode(this.payload)
  }

  /** Describes the frame in a few words: `text hello`, `binary 3 octets`, `ping`, `close 1000 bye`; `...` where more frames follow. */
  toString(): string {
    const name = names.get(this.opcode) ?? `opcode ${this.opcode}`
    const bits = this.reserved === 0 ? '' : ` rsv ${this.reserved}`
    return `${name}${bits}${this.isFinal ? '' : '...'} ${this.#shownPayload()}`.trim()
  }

  #shownPayload(): string {
    const { payload } = this
    if (this.opcode === Opcode.Close && payload.length >= 2) {
      return `${(payload[0]! << 8) | payload[1]!} ${webText.decode(payload.subarray(2))}`
    }
    const isText = this.opcode === Opcode.Text || this.opcode === Opcode.Ping || this.opcode === Opcode.Pong
    return isText ? this.text : `${payload.length} octets`
  }
}

/** Formats a frame. */
export function frameOctets(fields: RawFrameFields, isMaskedByDefault: boolean): Uint8Array {
  const { isFinal = true, reserved = 0, isMasked = isMaskedByDefault } = fields
  const payload = payloadOctets(fields.payload)
  const { opcode = typeof fields.payload === 'string' ? Opcode.Text : Opcode.Binary, length = payload.length } = fields
  const key = isMasked ? maskingKey : []
  const header = [(isFinal ? 0x80 : 0) | (reserved << 4) | opcode, ...lengthOctets(length, isMasked), ...key]
  const frame = new Uint8Array(header.length + payload.length)
  frame.set(header)
  for (let i = 0; i < payload.length; i++) frame[header.length + i] = payload[i]! ^ (key[i % 4] ?? 0)
  return frame
}

/** Parses whole frames; the octets of one that is not complete are left out. */
export function framesOf(octets: Octets): RawFrame[] {
  const frames: RawFrame[] = []
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength)
  let at = 0
  while (at + 2 <= octets.length) {
    const [first, second] = [octets[at]!, octets[at + 1]!]
    const short = second & 0x7f
    const isMasked = second >= 0x80
    const begin = at + 2 + (short === 126 ? 2 : short === 127 ? 8 : 0) + (isMasked ? 4 : 0)
    if (begin > octets.length) break
    const length = short === 126 ? view.getUint16(at + 2) : short === 127 ? Number(view.getBigUint64(at + 2)) : short
    if (begin + length > octets.length) break
    const key = isMasked ? octets.subarray(begin - 4, begin) : noOctets
    const payload = octets.slice(begin, begin + length).map((octet, i) => octet ^ (key[i % 4] ?? 0))
    frames.push(new RawFrame(first, isMasked, payload))
    at = begin + length
  }
  return frames
}

/** Returns the octets of a payload. */
export function payloadOctets(payload: RawFrameFields['payload'] = noOctets): Octets {
  return typeof payload === 'string' ? webText.encode(payload) : Uint8Array.from(payload)
}

function lengthOctets(length: number, isMasked: boolean): readonly number[] {
  const mask = isMasked ? 0x80 : 0
  if (length < 126) return [mask | length]
  if (length < 65_536) return [mask | 126, length >> 8, length & 0xff]
  const long = new Uint8Array(8)
  new DataView(long.buffer).setBigUint64(0, BigInt(length))
  return [mask | 127, ...long]
}

const maskingKey: readonly number[] = [1, 2, 3, 4]

const names: ReadonlyMap<number, string> = new Map([
  [Opcode.Continuation, 'continuation'],
  [Opcode.Text, 'text'],
  [Opcode.Binary, 'binary'],
  [Opcode.Close, 'close'],
  [Opcode.Ping, 'ping'],
  [Opcode.Pong, 'pong'],
])
