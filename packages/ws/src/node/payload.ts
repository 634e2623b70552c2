import { Blob } from 'node:buffer'

/** Octets that nobody changes, of no length: the reason of a close without one, and a message without data. */
export const noOctets: Buffer = Buffer.alloc(0)

/**
 * Returns the octets of data as npm `ws` takes them: views and `ArrayBuffer`s over the same memory, and what `Buffer.from` takes besides. Throws
 * the `TypeError` of `Buffer.from` for anything else.
 */
export function octetsOf(data: unknown): Buffer {
  if (Buffer.isBuffer(data)) return data
  if (data instanceof ArrayBuffer) return Buffer.from(data)
  if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  return Buffer.from(data as string)
}

/** Returns the number of octets of data. */
export function lengthOf(data: unknown): number {
  if (typeof data === 'string') return Buffer.byteLength(data)
  return isBlob(data) ? data.size : octetsOf(data).length
}

/** Tells whether a value is a `Blob`, of Node or of another implementation. */
export function isBlob(value: unknown): value is Blob {
  if (typeof value !== 'object' || value === null) return false
  if (value instanceof Blob) return true
  const tag = (value as { readonly [Symbol.toStringTag]?: unknown })[Symbol.toStringTag]
  return (tag === 'Blob' || tag === 'File') && typeof (value as Blob).arrayBuffer === 'function'
}

/** Returns a received payload as a `Buffer` over the same memory. Most are one already: see `shared-parts`. */
export function bufferOf(payload: Uint8Array): Buffer {
  if (Buffer.isBuffer(payload)) return payload
  if (payload.length === 0) return noOctets
  return Buffer.from(payload.buffer as ArrayBuffer, payload.byteOffset, payload.byteLength)
}

/**
 * Copies a part into a `Buffer` of its own. A `Buffer` over an array of up to 64 octets would cost more than all else that is done for a small
 * message, because V8 would have to move the array out of its heap (decision 114).
 */
export function bufferWith(octets: Uint8Array, start: number, end: number): Buffer<ArrayBuffer> {
  const buffer = Buffer.alloc(end - start)
  if (end - start > 64) buffer.set(octets.subarray(start, end))
  else for (let at = 0; at < buffer.length; at++) buffer[at] = octets[start + at]!
  return buffer
}
