import type { Octets } from '../bytes/octets.ts'
import { decodeValidText, encodeText } from '../bytes/text.ts'
import type { ReadableBlob } from '../conversation/connection.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'
import { fixedOctets } from './fixed-octets.ts'

/**
 * A message as the platform sends it: text as a string, binary as octets. The platform reads the real octets of an array, whatever the array says of
 * itself. Throws `ApiMisuse` for anything else; options in the place of `isBinary` would make a text message a binary one.
 */
export function pageMessage(payload: unknown, isBinary: unknown = typeof payload !== 'string'): string | Octets {
  if (typeof isBinary !== 'boolean') throw new ApiMisuse(`isBinary must be true or false, and not ${shownValue(isBinary)}`)
  if (typeof payload === 'string') return isBinary ? encodeText(payload) : payload
  if (!isOctets(payload))
    throw new ApiMisuse(`a payload must be a string or a Uint8Array, and not ${shownValue(payload)}; JSON is for other values`)
  const octets = fixedOctets(payload)
  const message = isBinary ? octets : decodeValidText(octets)
  if (message === undefined) throw new ApiMisuse('a text message must be UTF-8')
  return message
}

/**
 * Returns a message of the function style as the platform sends it: also every view of memory, an `ArrayBuffer`, or a `Blob`, which the
 * platform reads in its own time, in the order of the calls. Throws `ApiMisuse` for anything else, and for memory that was transferred.
 */
export function pageSendable(payload: unknown, isBinary?: boolean): string | Octets | ReadableBlob {
  const message = plainSendable(payload, isBinary)
  if (message !== undefined) return message
  if (isBlob(payload)) throw new ApiMisuse('a page sends a Blob as a binary message: to send it as text, send await blob.text()')
  if (isMemory(payload) && octetsOf(payload) === undefined) throw new ApiMisuse('the payload belongs to a detached buffer')
  return pageMessage(octetsOf(payload) ?? payload, isBinary)
}

/** Returns the same, without the words for what is wrong: `undefined` for a payload that cannot be sent. */
export function plainSendable(
  payload: unknown,
  isBinary: boolean = typeof payload !== 'string',
): string | Octets | ReadableBlob | undefined {
  if (typeof payload === 'string') return isBinary ? encodeText(payload) : payload
  if (isBlob(payload)) return isBinary ? payload : undefined
  const given = octetsOf(payload)
  const octets = given && fixedOctets(given)
  return isBinary || octets === undefined ? octets : decodeValidText(octets)
}

/** Returns views of memory and `ArrayBuffer`s as octets; `undefined` for any other value, and for memory that was transferred. */
function octetsOf(payload: unknown): Octets | undefined {
  try {
    if (!ArrayBuffer.isView(payload)) return payload instanceof ArrayBuffer ? new Uint8Array(payload) : undefined
    return isOctets(payload) && payload.length > 0 ? payload : new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength)
  } catch {
    return undefined
  }
}

function isMemory(payload: unknown): boolean {
  return ArrayBuffer.isView(payload) || payload instanceof ArrayBuffer
}

/** Tells whether a value is a `Blob` or a `File` of the platform. */
function isBlob(value: unknown): value is ReadableBlob {
  return value instanceof Blob
}

/** Whether a value is an array of octets, also of another realm; an object that only looks like one is not. */
function isOctets(value: unknown): value is Octets {
  return ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]'
}
