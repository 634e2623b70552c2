import { joined, utf8 } from '../wire/octets.ts'

/** The octets of a case. Text stands for its UTF-8; large payloads are made when they are needed and are not kept in the catalogue. */
export type Payload = string | Uint8Array | MadePayload

/** A payload that is made each time it is needed, always with the same octets. */
export interface MadePayload {
  /** The length in octets. */
  readonly length: number
  make(): Uint8Array
}

/** Returns the octets of a payload. */
export function octetsOf(payload: Payload): Uint8Array {
  if (typeof payload === 'string') return utf8(payload)
  return payload instanceof Uint8Array ? payload : payload.make()
}

/** Returns the length of a payload in octets. */
export function lengthOf(payload: Payload): number {
  return typeof payload === 'string' ? utf8(payload).length : payload.length
}

/** Repeats a pattern up to a length in octets. */
export function repeated(pattern: string | Uint8Array, length: number): MadePayload {
  return {
    length,
    make: () => new Uint8Array(Buffer.alloc(length, typeof pattern === 'string' ? utf8(pattern) : pattern).buffer),
  }
}

/** Cuts a payload into pieces of at most `size` octets; an empty payload gives one empty piece. */
export function pieces(payload: Payload, size: number): Uint8Array[] {
  const octets = octetsOf(payload)
  const count = Math.max(1, Math.ceil(octets.length / size))
  return Array.from({ length: count }, (_, n) => octets.subarray(n * size, (n + 1) * size))
}

/** Concatenates payloads. */
export function concatenated(...parts: readonly Payload[]): Uint8Array {
  return joined(parts.map(octetsOf))
}
