import type { Octets } from '../bytes/octets.ts'
import { webText } from '../bytes/text.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'

/**
 * A message as the platform sends it: text as a string, binary as octets. The platform reads the real octets of an array, whatever the array says of
 * itself. Throws `ApiMisuse` for anything else; options in the place of `isBinary` would make a text message a binary one.
 */
export function pageMessage(payload: unknown, isBinary: unknown = typeof payload !== 'string'): string | Octets {
  if (typeof isBinary !== 'boolean') throw new ApiMisuse(`isBinary must be true or false, and not ${shownValue(isBinary)}`)
  if (typeof payload === 'string') return isBinary ? webText.encode(payload) : payload
  if (!isOctets(payload)) throw new ApiMisuse(`a payload must be a string or a Uint8Array, and not ${shownValue(payload)}`)
  const message = isBinary ? payload : webText.decodeValid(payload, 0, payload.length)
  if (message === undefined) throw new ApiMisuse('a text message must be UTF-8')
  return message
}

/** Whether a value is an array of octets, also of another realm; an object that only looks like one is not. */
function isOctets(value: unknown): value is Octets {
  return ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]'
}
