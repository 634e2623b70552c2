import { ApiMisuse, HandshakeFailed, type Octets } from '@autobahn-ts/websocket/portable'
import type { Serializer } from '../serializers/serializer.ts'

/** The first octet of a RawSocket connection. No HTTP request and no TLS handshake begins with it. */
export const rawSocketMagic = 0x7f

/** The number of octets in a handshake, in each direction. */
export const handshakeSize = 4

/** The largest message that RawSocket can carry, in octets. */
export const largestMessage: number = 2 ** 24

/** The reasons for which a router refuses a handshake, as numbers on the wire. */
export const Refusal = {
  SerializerUnsupported: 1,
  LengthUnacceptable: 2,
  ReservedBits: 3,
  TooManyConnections: 4,
} as const
export type Refusal = (typeof Refusal)[keyof typeof Refusal]

/** The fault of a client's request. The router answers with the refusal, and closes. */
export class HandshakeRefused extends Error {
  override readonly name = 'HandshakeRefused'
  readonly refusal: Refusal

  constructor(refusal: Refusal, message: string) {
    super(message)
    this.refusal = refusal
  }
}

/** The four octets of one side's handshake, however they are cut. */
export class HandshakeOctets {
  readonly octets: Octets = new Uint8Array(handshakeSize)
  #length = 0

  get isComplete(): boolean {
    return this.#length === handshakeSize
  }

  /** Takes octets and returns the number of those that belong to the handshake. */
  take(octets: Octets): number {
    const count = Math.min(octets.length, handshakeSize - this.#length)
    this.octets.set(octets.subarray(0, count), this.#length)
    this.#length += count
    return count
  }
}

/** Returns the largest size that a handshake can announce and that is not above `size`: a power of two from 512 to 2^24. */
export function announcedSize(size: number): number {
  if (!(size >= 512)) throw new ApiMisuse(`a RawSocket peer takes messages of at least 512 octets, and maxMessageSize is ${size}`)
  return 2 ** Math.min(24, Math.floor(Math.log2(size)))
}

/** Makes a client's request, and the answer of a router that accepts. `size` is a power of two from 512 to 2^24. */
export function handshakeOctets({ rawSocketId }: Pick<Serializer, 'rawSocketId'>, size: number): Octets {
  return Uint8Array.of(rawSocketMagic, (lengthNibble(size) << 4) | rawSocketId, 0, 0)
}

/** Makes a router's answer that refuses. */
export function refusalOctets(refusal: Refusal): Octets {
  return Uint8Array.of(rawSocketMagic, refusal << 4, 0, 0)
}

/** A client's request. */
export interface RawSocketRequest<S> {
  readonly serializer: S
  /** The largest message that the client takes, in octets. */
  readonly maxSize: number
}

/** Reads a client's request. Throws `HandshakeRefused`, which has what to answer. */
export function readRequest<S extends Pick<Serializer, 'rawSocketId'>>(octets: Octets, serializers: readonly S[]): RawSocketRequest<S> {
  const second = octets[1]!
  if (octets[2] !== 0 || octets[3] !== 0) throw new HandshakeRefused(Refusal.ReservedBits, 'reserved octets of the handshake are not zero')
  const serializer = serializers.find(({ rawSocketId }) => rawSocketId === (second & 15))
  if (serializer === undefined) throw new HandshakeRefused(Refusal.SerializerUnsupported, `serializer ${second & 15} is not supported`)
  return { serializer, maxSize: sizeOf(second) }
}

/**
 * Reads a router's answer, and returns the largest message that it takes. Throws `HandshakeFailed` where the router has refused, or has
 * answered something else.
 */
export function readAnswer(octets: Octets, { rawSocketId }: Pick<Serializer, 'rawSocketId'>): number {
  const second = octets[1]!
  if (octets[0] !== rawSocketMagic) throw new HandshakeFailed(`the server does not speak RawSocket: its first octet is ${octets[0]}`)
  if ((second & 15) === 0) throw new HandshakeFailed(`the router has refused the RawSocket connection: ${refusalText(second >> 4)}`)
  if (octets[2] !== 0 || octets[3] !== 0) throw new HandshakeFailed("reserved octets of the router's RawSocket handshake are not zero")
  if ((second & 15) !== rawSocketId)
    throw new HandshakeFailed(`the router has answered with serializer ${second & 15}, and not ${rawSocketId}`)
  return sizeOf(second)
}

function sizeOf(second: number): number {
  return 2 ** (9 + (second >> 4))
}

function lengthNibble(size: number): number {
  return Math.log2(size) - 9
}

function refusalText(number: number): string {
  return refusalTexts[number] ?? `reason ${number}, which is not defined`
}

const refusalTexts: readonly (string | undefined)[] = [
  'reason 0, which is illegal',
  'serializer unsupported',
  'maximum message length unacceptable',
  'use of reserved bits',
  'maximum connection count reached',
]
