import type { Octets } from '@autobahn-ts/websocket/portable'

/** The head of a message, or of a piece of one. */
export interface MessageHead {
  /** The publisher, from when it began: 16 hexadecimal digits. */
  readonly incarnation: string
  /** The number of the message among those of its publisher under its subject, from 1 on. */
  readonly number: number
  /** The place of this piece, where the message was cut. */
  readonly piece: Piece | undefined
  /** The encoded subject, where the name on NATS is its hash. */
  readonly inside: string | undefined
}

/** The place of a piece in its message. */
export interface Piece {
  readonly index: number
  readonly count: number
  /** The number of octets of the whole message. */
  readonly total: number
}

/**
 * Returns a head and the payload behind it: an octet with flags, 8 of the incarnation, 6 of the number, 12 of the piece, 2 of the length of
 * the subject inside, and the subject. The last two are there where the flags say so.
 */
export function withHead(head: MessageHead, payload: Octets): Octets {
  const size = headSize(head.piece !== undefined, head.inside)
  const octets = new Uint8Array(size + payload.length)
  const view = new DataView(octets.buffer)
  octets[0] = mark | (head.piece === undefined ? 0 : hasPiece) | (head.inside === undefined ? 0 : hasInside)
  for (let at = 0; at < 8; at++) octets[1 + at] = Number.parseInt(head.incarnation.slice(2 * at, 2 * at + 2), 16)
  view.setUint16(9, Math.floor(head.number / 2 ** 32))
  view.setUint32(11, head.number % 2 ** 32)
  if (head.piece !== undefined) {
    view.setUint32(15, head.piece.index)
    view.setUint32(19, head.piece.count)
    view.setUint32(23, head.piece.total)
  }
  if (head.inside !== undefined) {
    const at = size - head.inside.length
    view.setUint16(at - 2, head.inside.length)
    for (let i = 0; i < head.inside.length; i++) octets[at + i] = head.inside.charCodeAt(i)
  }
  octets.set(payload, size)
  return octets
}

/** Reads a head. Returns `undefined` where the octets do not begin with one. The payload is not copied. */
export function readHead(octets: Octets): { readonly head: MessageHead; readonly payload: Octets } | undefined {
  const flags = octets[0]
  if (flags === undefined || (flags & ~(hasPiece | hasInside)) !== mark) return undefined
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length)
  const isPiece = (flags & hasPiece) !== 0
  let at = headSize(isPiece, undefined)
  if (octets.length < at + ((flags & hasInside) === 0 ? 0 : 2)) return undefined
  const incarnation = Array.from(octets.subarray(1, 9), octet => octet.toString(16).padStart(2, '0')).join('')
  const number = view.getUint16(9) * 2 ** 32 + view.getUint32(11)
  const piece = isPiece ? { index: view.getUint32(15), count: view.getUint32(19), total: view.getUint32(23) } : undefined
  let inside: string | undefined
  if ((flags & hasInside) !== 0) {
    const length = view.getUint16(at)
    at += 2
    if (octets.length < at + length) return undefined
    inside = String.fromCharCode(...octets.subarray(at, at + length))
    at += length
  }
  return { head: { incarnation, number, piece, inside }, payload: octets.subarray(at) }
}

/** The number of octets of a head. */
export function headSize(isPiece: boolean, inside: string | undefined): number {
  return 15 + (isPiece ? 12 : 0) + (inside === undefined ? 0 : 2 + inside.length)
}

const mark = 0xb0
const hasPiece = 0x01
const hasInside = 0x02
