import { copyOf, type Octets } from '../bytes/octets.ts'
import { isDetached, nameOfKind, realOctets } from '../bytes/real-octets.ts'
import type { Text } from '../bytes/text.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import type { SendOptions } from '../protocol/frames/send-options.ts'
import { PreparedMessage } from '../protocol/sending/prepared-message.ts'

/** The octets of what an application wants to send; anything but a string or octets is misuse (a number once sent uninitialised memory). */
export function octetsOf(payload: Octets | string, text: Text): Octets {
  return typeof payload === 'string' ? text.encode(payload) : checkedOctets(payload)
}

/** Makes a message that is framed once for many receivers. The payload is copied; a string is text unless `isBinary` says otherwise. */
export function preparedMessage(payload: Octets | string, text: Text, isBinary?: boolean, options: SendOptions = {}): PreparedMessage {
  const octets = octetsOf(payload, text)
  return new PreparedMessage(copyOf(octets, 0, octets.length), checkedIsBinary(isBinary, typeof payload !== 'string'), options)
}

/**
 * The octets that a payload really holds, as a plain array over the same memory: of any realm and any subclass of `Uint8Array`.
 *
 * Anything else is misuse, whatever it says that it is, and so is an array whose memory was transferred.
 */
export function checkedOctets(payload: unknown, wanted = 'a string or a Uint8Array'): Octets {
  const octets = realOctets(payload)
  if (octets === undefined) throw new ApiMisuse(`a payload must be ${wanted}, and not ${nameOfKind(payload)}${adviceFor(payload)}`)
  if (octets.length === 0 && isDetached(payload as Octets)) throw new ApiMisuse('the payload belongs to a detached buffer')
  return octets
}

/**
 * Whether a message is binary: as the caller says, or where it does not say, as the payload is.
 *
 * Anything but a boolean is misuse. Options in this place would make a text message a binary one.
 */
export function checkedIsBinary(isBinary: boolean | undefined, isBinaryPayload: boolean): boolean {
  if (typeof isBinary === 'boolean') return isBinary
  if (isBinary !== undefined && isBinary !== null)
    throw new ApiMisuse(`isBinary must be true or false, and not ${nameOfKind(isBinary)}; options come after it`)
  return isBinaryPayload
}

function adviceFor(value: unknown): string {
  return nameOfKind(value) === 'Object' && Object.getPrototypeOf(value) === Object.prototype ? ': send JSON.stringify of it' : ''
}
