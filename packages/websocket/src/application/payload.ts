import { copyOf, type Octets } from '../bytes/octets.ts'
import { isDetached, memoryOctets, nameOfKind, realOctets } from '../bytes/real-octets.ts'
import type { Text } from '../bytes/text.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import type { SendOptions } from '../protocol/frames/send-options.ts'
import { PreparedMessage } from '../protocol/sending/prepared-message.ts'

/**
 * Returns the octets to send for a payload. Throws `ApiMisuse` for anything but a string or octets, so that a number never sends
 * uninitialised memory.
 */
export function octetsOf(payload: Octets | string, text: Text): Octets {
  return typeof payload === 'string' ? text.encode(payload) : checkedOctets(payload)
}

/** Makes a message that is framed once for many receivers. The payload is copied. A string is text unless `isBinary` says otherwise. */
export function preparedMessage(payload: Octets | string, text: Text, isBinary?: boolean, options: SendOptions = {}): PreparedMessage {
  const octets = octetsOf(payload, text)
  return new PreparedMessage(copyOf(octets, 0, octets.length), checkedIsBinary(isBinary, typeof payload !== 'string'), options)
}

/**
 * Returns the octets of a payload as a plain `Uint8Array` over the same memory. The payload may be of any realm, and of any subclass of
 * `Uint8Array`.
 *
 * Throws `ApiMisuse` for anything else, also where it only claims to be an array of octets, and for an array whose memory was transferred.
 */
export function checkedOctets(payload: unknown, wanted = 'a string or a Uint8Array'): Octets {
  const octets = realOctets(payload)
  if (octets === undefined) throw notOctets(payload, wanted)
  if (octets.length === 0) checkAttached(payload as Octets)
  return octets
}

/**
 * Returns the octets of a payload as `checkedOctets` does, and takes every view of memory and `ArrayBuffer`s too. Throws `ApiMisuse` for
 * anything else, also for `SharedArrayBuffer`s, which the platform does not send either: a view of one is taken. `advice` says what to do with a
 * value that JSON could write.
 */
export function checkedMemory(payload: unknown, wanted: string, advice?: string): Octets {
  const octets = realOctets(payload) ?? memoryOctets(payload)
  if (octets === undefined) throw notOctets(payload, wanted, advice)
  if (octets.length === 0) checkAttached(payload as Octets)
  return octets
}

/**
 * Tells whether a message is binary: as the caller says, or else as the payload is.
 *
 * Throws `ApiMisuse` for anything but a boolean: an options object passed in this place would turn a text message into a binary one.
 */
export function checkedIsBinary(isBinary: boolean | undefined, isBinaryPayload: boolean): boolean {
  if (typeof isBinary === 'boolean') return isBinary
  if (isBinary === undefined || isBinary === null) return isBinaryPayload
  throw new ApiMisuse(`isBinary must be true or false, and not ${nameOfKind(isBinary)}; options come after it`)
}

/** Makes the error apart from the check: a check that is made for each message must be small enough for the engine to inline it. */
function notOctets(payload: unknown, wanted: string, advice = 'send JSON.stringify of it'): ApiMisuse {
  return new ApiMisuse(`a payload must be ${wanted}, and not ${nameOfKind(payload)}${isForJson(payload) ? `: ${advice}` : ''}`)
}

function checkAttached(payload: Octets): void {
  if (isDetached(payload)) throw new ApiMisuse('the payload belongs to a detached buffer')
}

/** Tells whether a value is one that a caller may want to send as JSON: a number, a boolean or a plain object. */
function isForJson(value: unknown): boolean {
  if (typeof value === 'number' || typeof value === 'boolean') return true
  return nameOfKind(value) === 'Object' && Object.getPrototypeOf(value) === Object.prototype
}
