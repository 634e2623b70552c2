import { joined, utf8 } from '../wire/octets.ts'

/** Octets of a case: a text stands for its UTF-8; what is large is made when it is needed and not kept in the catalogue. */
export type Payload = string | Uint8Array | MadePayload

/** A payload that is made each time it is needed; always the same octets. */
export interface MadePayload {
  /** Octets. */
  readonly length: number
  make(): Uint8Array
}

/** The octets of a payload. */
export function octetsOf(payload: Payload): Uint8Array {
  if (typeof payload === 'string') return utf8(payload)
  return payload instanceof Uint8Array ? payload : payload.make()
}

/** How many octets a payload has. */
export function lengthOf(payload: Payload): number {
  return typeof payload === 'string' ? utf8(payload).length : payload.length
}

/** A pattern over and over, cut at a length in octets. */
export function repeated(pattern: string | Uint8Array, length: number): MadePayload {
  return {
    length,
    make: () => new Uint8Array(Buffer.alloc(length, typeof pattern === 'string' ? utf8(pattern) : pattern).buffer),
  }
}

/** A payload cut into pieces of at most `size` octets; an empty one is one empty piece. */
export function pieces(payload: Payload, size: number): Uint8Array[] {
  const octets = octetsOf(payload)
  const count = Math.max(1, Math.ceil(octets.length / size))
  return Array.from({ length: count }, (_, n) => octets.subarray(n * size, (n + 1) * size))
}

/** Several payloads as one. */
export function concatenated(...parts: readonly Payload[]): Uint8Array {
  return joined(parts.map(octetsOf))
}
