import type { Octets } from '../../bytes/octets.ts'
import { protocolError } from '../faults/errors.ts'
import { isControl, isReserved, Opcode } from './opcode.ts'

/** What stands before a frame's payload, RFC 6455 §5.2. */
export interface FrameHeader {
  readonly opcode: number
  readonly isFinal: boolean
  /** RSV1, RSV2 and RSV3 as 4, 2 and 1. */
  readonly reserved: number
  /** Octets of payload on the wire. Above 2^53-1, which only comes without limits of size, it is the nearest number. */
  readonly length: number
}

/** What a peer's headers may be, by its role and by what extensions have claimed. */
export interface HeaderRules {
  /** `true`: the peer must mask; `false`: it must not; `undefined`: either. */
  readonly masked: boolean | undefined
  readonly reservedBits: number
  readonly opcodes: ReadonlySet<number>
}

/** Checks what the first two octets of a header show by themselves, RFC 6455 §5.1, §5.2 and §5.5. */
export function checkHeader(first: number, second: number, rules: HeaderRules): void {
  const opcode = first & 0x0f
  const reserved = (first >> 4) & 7
  const shortLength = second & 0x7f
  if ((reserved & ~rules.reservedBits) !== 0) throw protocolError(`reserved bits ${reserved} without an extension that claims them`)
  if (isReserved(opcode) && !rules.opcodes.has(opcode)) throw protocolError(`reserved opcode ${opcode}`)
  if (rules.masked !== undefined && rules.masked !== second > 0x7f)
    throw protocolError(rules.masked ? 'unmasked client frame' : 'masked server frame')
  if (!isControl(opcode)) return
  if (reserved !== 0 && !isReserved(opcode)) throw protocolError(`reserved bits ${reserved} on a control frame`)
  if (first < 0x80) throw protocolError('fragmented control frame')
  if (shortLength > 125) throw protocolError('control frame longer than 125 octets')
  if (opcode === Opcode.Close && shortLength === 1) throw protocolError('close frame with one octet')
}

/** Octets of the whole header, told by its second octet: with extended length and mask key. */
export function headerSize(second: number): number {
  const shortLength = second & 0x7f
  const extended = shortLength < 126 ? 0 : shortLength === 126 ? 2 : 8
  return 2 + extended + (second > 0x7f ? 4 : 0)
}

/**
 * Reads the length that a complete header announces, RFC 6455 §5.2: in the fewest octets, at most 2^63-1. A `bigint` only above 2^53-1, where a
 * number is not exact any more.
 */
export function readLength(octets: Octets, at: number): number | bigint {
  const shortLength = octets[at + 1]! & 0x7f
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

/** The four octets of a mask key as one number, the first one highest. */
export function readKey(octets: Octets, at: number): number {
  return (octets[at]! << 24) | (octets[at + 1]! << 16) | (octets[at + 2]! << 8) | octets[at + 3]!
}

/** The first octet of a header. */
export function firstOctet(opcode: number, isFinal: boolean, reserved: number): number {
  return (isFinal ? 0x80 : 0) | (reserved << 4) | opcode
}

/** Octets that `writeHeader` will write, without a mask key. */
export function unmaskedHeaderSize(length: number): number {
  return length < 126 ? 2 : length < 0x10000 ? 4 : 10
}

/** Writes a header without its mask key, and tells where it ended. The length takes the fewest octets, RFC 6455 §5.2. */
export function writeHeader(target: Octets, at: number, first: number, length: number, maskBit: 0 | 0x80): number {
  target[at] = first
  if (length < 126) {
    target[at + 1] = maskBit | length
    return at + 2
  }
  if (length < 0x10000) {
    target[at + 1] = maskBit | 126
    target[at + 2] = length >>> 8
    target[at + 3] = length
    return at + 4
  }
  target[at + 1] = maskBit | 127
  writeWord(target, at + 2, Math.floor(length / 0x1_0000_0000))
  writeWord(target, at + 6, length >>> 0)
  return at + 10
}

/** The same for a length above 2^53-1, up to 2^63-1. */
export function writeLongHeader(target: Octets, at: number, first: number, length: bigint, maskBit: 0 | 0x80): number {
  target[at] = first
  target[at + 1] = maskBit | 127
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
