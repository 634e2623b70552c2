import type { Octets } from '../../src/bytes/octets.ts'

/** Frames written and read by the letter of RFC 6455 §5.2, octet by octet and apart from the code that is tested. */
export interface Frame {
  readonly opcode: number
  readonly payload: readonly number[]
  readonly isFinal: boolean
  readonly reserved: number
  readonly key: readonly number[] | undefined
}

export interface FrameShape {
  readonly fin?: boolean
  readonly rsv?: number
  readonly key?: readonly number[] | undefined
}

/** The octets of one frame, masked unless `key` is given as `undefined`. */
export function frame(opcode: number, payload: string | Iterable<number> = [], shape: FrameShape = {}): Octets {
  const data = octetsOf(payload)
  const key = 'key' in shape ? shape.key : [0x37, 0xfa, 0x21, 0x3d]
  const head = [((shape.fin ?? true) ? 0x80 : 0) | ((shape.rsv ?? 0) << 4) | opcode, ...lengthOctets(data.length)]
  if (key === undefined) return Uint8Array.from([...head, ...data])
  head[1]! |= 0x80
  return Uint8Array.from([...head, ...key, ...data.map((octet, at) => octet ^ key[at % 4]!)])
}

/** Makes an unmasked frame, as servers send it. */
export function plain(opcode: number, payload: string | Iterable<number> = [], shape: Omit<FrameShape, 'key'> = {}): Octets {
  return frame(opcode, payload, { ...shape, key: undefined })
}

/** A close frame's payload. */
export function closing(code: number, reason: string | readonly number[] = ''): number[] {
  return [code >> 8, code & 255, ...octetsOf(reason)]
}

/** All frames, unmasked; what is left over is an error. */
export function framesIn(octets: Octets): Frame[] {
  const frames: Frame[] = []
  for (let at = 0; at < octets.length; ) {
    const [first, second] = [octets[at]!, octets[at + 1]!]
    const extended = (second & 127) < 126 ? 0 : (second & 127) === 126 ? 2 : 8
    const length = extended === 0 ? second & 127 : number(octets.subarray(at + 2, at + 2 + extended))
    at += 2 + extended
    const key = second > 127 ? [...octets.subarray(at, at + 4)] : undefined
    at += key === undefined ? 0 : 4
    if (at + length > octets.length) throw new Error(`frame of ${length} octets is cut off`)
    const payload = Array.from(octets.subarray(at, at + length), (octet, i) => octet ^ (key?.[i % 4] ?? 0))
    frames.push({ opcode: first & 15, isFinal: first > 127, reserved: (first >> 4) & 7, key, payload })
    at += length
  }
  return frames
}

/** `opcode:payload` of each frame, with `-` behind the opcode where FIN is missing; close frames as `8:code reason`. */
export function summary(octets: Octets): string[] {
  return framesIn(octets).map(({ opcode, isFinal, payload }) => {
    const [high, low, ...reason] = payload
    const text = opcode === 8 && payload.length > 0 ? `${high! * 256 + low!} ${textOf(reason)}`.trim() : textOf(payload)
    return `${opcode}${isFinal ? '' : '-'}:${text}`
  })
}

export function octetsOf(payload: string | Iterable<number>): number[] {
  return typeof payload === 'string' ? [...new TextEncoder().encode(payload)] : [...payload]
}

export function textOf(octets: Iterable<number>): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(octets))
}

/** Octets that look like nothing else: 0, 1, 2 and so on, in the end again. */
export function counting(length: number): Octets {
  return Uint8Array.from({ length }, (_, at) => (at * 7 + (at >> 8)) & 255)
}

function lengthOctets(length: number): number[] {
  if (length < 126) return [length]
  if (length < 65536) return [126, length >> 8, length & 255]
  return [127, 0, 0, 0, 0, length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255]
}

function number(octets: Octets): number {
  return octets.reduce((sum, octet) => sum * 256 + octet, 0)
}
