import type { Octets } from '../../bytes/octets.ts'
import { protocolError } from '../faults/errors.ts'
import { longestControlPayload } from './control-frame.ts'
import { isControl, isReserved, Opcode } from './opcode.ts'

/*
 * A frame, RFC 6455 §5.2. Each line is an octet, its highest bit on the left:
 *
 *     first    │ FIN │ RSV1 │ RSV2 │ RSV3 │ opcode (4 bits)                  │   isFinal, reservedOf, opcodeOf
 *     second   │ MASK │ payload length (7 bits)                              │   isMasked, shortLengthOf
 *     2 octets │ extended length, where the payload length is 126            │   readLength
 *     8 octets │ extended length, where the payload length is 127            │   readLength
 *     4 octets │ mask key, where MASK is set                                 │   readKey
 *     …        │ payload                                                     │
 *
 * In this library FIN and MASK are booleans, and the reserved bits are one number: RSV1, RSV2 and RSV3 count 4, 2 and 1.
 */

/** The header of a frame: all that stands before its payload, but for the mask. */
export interface FrameHeader {
  readonly opcode: number
  readonly isFinal: boolean
  /** RSV1, RSV2 and RSV3 as 4, 2 and 1. */
  readonly reserved: number
  /** Octets of payload on the wire. Above 2^53-1, which only comes without limits of size, it is the nearest number. */
  readonly length: number
}

/** Tells whether FIN is set: the frame is the last one of its message. */
export function isFinal(first: number): boolean {
  return (first & finBit) !== 0
}

/** Returns the reserved bits: RSV1, RSV2 and RSV3 as 4, 2 and 1. */
export function reservedOf(first: number): number {
  return (first >> 4) & 7
}

/** Returns the opcode, 0 to 15. */
export function opcodeOf(first: number): number {
  return first & 0x0f
}

/** Tells whether MASK is set: a mask key follows, and the payload is masked. */
export function isMasked(second: number): boolean {
  return (second & maskBit) !== 0
}

/** Returns the seven bits of length: the length itself up to 125, else 126 or 127 for a length in the next 2 or 8 octets. */
export function shortLengthOf(second: number): number {
  return second & 0x7f
}

/** Makes the first octet of a header. */
export function firstOctet(opcode: number, isFinal: boolean, reserved: number): number {
  return (isFinal ? finBit : 0) | (reserved << 4) | opcode
}

/** Returns the first octet with FIN set, or cleared. */
export function withFinal(first: number, isFinal: boolean): number {
  return isFinal ? first | finBit : first & ~finBit
}

/** The headers that a peer may send, by its role and by what extensions have claimed. */
export interface HeaderRules {
  /** `true`: the peer must mask; `false`: it must not; `undefined`: either. */
  readonly peerMasks: boolean | undefined
  readonly reservedBits: number
  readonly opcodes: ReadonlySet<number>
}

/** Checks what the first two octets of a header show by themselves, RFC 6455 §5.1, §5.2 and §5.5. Throws `PeerMisbehaved`. */
export function checkHeader(first: number, second: number, rules: HeaderRules): void {
  const opcode = opcodeOf(first)
  const reserved = reservedOf(first)
  if ((reserved & ~rules.reservedBits) !== 0) throw protocolError(`reserved bits ${reserved} without an extension that claims them`)
  if (isReserved(opcode) && !rules.opcodes.has(opcode)) throw protocolError(`reserved opcode ${opcode}`)
  if (rules.peerMasks !== undefined && rules.peerMasks !== isMasked(second))
    throw protocolError(rules.peerMasks ? 'unmasked client frame' : 'masked server frame')
  if (!isControl(opcode)) return
  if (reserved !== 0 && !isReserved(opcode)) throw protocolError(`reserved bits ${reserved} on a control frame`)
  if (!isFinal(first)) throw protocolError('fragmented control frame')
  if (shortLengthOf(second) > longestControlPayload)
    throw protocolError(`control frame longer than ${longestControlPayload} octets`, shortLengthOf(second))
  if (opcode === Opcode.Close && shortLengthOf(second) === 1) throw protocolError('close frame with one octet')
}

/** Returns the octets of the whole header, with extended length and mask key. */
export function headerSize(second: number): number {
  const shortLength = shortLengthOf(second)
  const extended = shortLength < 126 ? 0 : shortLength === 126 ? 2 : 8
  return 2 + extended + (isMasked(second) ? 4 : 0)
}

/**
 * Reads the length that a complete header announces. Throws `PeerMisbehaved` for one in more octets than it needs, and above 2^63-1 (RFC 6455 §5.2).
 *
 * A `bigint` only above 2^53-1, where a number is not exact any more.
 */
export function readLength(octets: Octets, at: number): number | bigint {
  const shortLength = shortLengthOf(octets[at + 1]!)
  if (shortLength < 126) return shortLength
  const length = shortLength === 126 ? (octets[at + 2]! << 8) | octets[at + 3]! : readLongLength(octets, at + 2)
  const smallest = shortLength === 126 ? 126 : 0x10000
  if (length < smallest) throw protocolError(`length ${length} in more octets than it needs`)
  return length
}

function readLongLength(octets: Octets, at: number): number | bigint {
  const high = readWord(octets, at)
  if (high > 0x7fffffff) throw protocolError('frame length above 2^63-1')
  if (high > 0x1fffff) return (BigInt(high) << 32n) | BigInt(readWord(octets, at + 4))
  return high * 0x1_0000_0000 + readWord(octets, at + 4)
}

function readWord(octets: Octets, at: number): number {
  return ((octets[at]! << 24) | (octets[at + 1]! << 16) | (octets[at + 2]! << 8) | octets[at + 3]!) >>> 0
}

/** Reads the four octets of a mask key as one number, the first octet highest. */
export function readKey(octets: Octets, at: number): number {
  return (octets[at]! << 24) | (octets[at + 1]! << 16) | (octets[at + 2]! << 8) | octets[at + 3]!
}

/** Returns the octets that `writeHeader` will write. */
export function unmaskedHeaderSize(length: number): number {
  return length < 126 ? 2 : length < 0x10000 ? 4 : 10
}

/** Writes a header but for its mask key, and returns where it ended. The length takes the fewest octets, RFC 6455 §5.2. */
export function writeHeader(target: Octets, at: number, first: number, length: number, isMasked: boolean): number {
  const mask = isMasked ? maskBit : 0
  target[at] = first
  if (length < 126) {
    target[at + 1] = mask | length
    return at + 2
  }
  if (length < 0x10000) {
    target[at + 1] = mask | 126
    target[at + 2] = length >>> 8
    target[at + 3] = length
    return at + 4
  }
  target[at + 1] = mask | 127
  writeWord(target, at + 2, Math.floor(length / 0x1_0000_0000))
  writeWord(target, at + 6, length >>> 0)
  return at + 10
}

/** Writes a header as `writeHeader` does, with a length above 2^53-1, up to 2^63-1. */
export function writeLongHeader(target: Octets, at: number, first: number, length: bigint, isMasked: boolean): number {
  target[at] = first
  target[at + 1] = (isMasked ? maskBit : 0) | 127
  writeWord(target, at + 2, Number(length >> 32n))
  writeWord(target, at + 6, Number(length & 0xffff_ffffn))
  return at + 10
}

function writeWord(target: Octets, at: number, word: number): void {
  target[at] = word >>> 24
  target[at + 1] = word >>> 16
  target[at + 2] = word >>> 8
  target[at + 3] = word
}

const finBit = 0x80
const maskBit = 0x80
