import type { Octets } from '../../bytes/octets.ts'
import { nameOfKind, realOctets } from '../../bytes/real-octets.ts'
import { ApiMisuse } from '../faults/errors.ts'

/** Checks octets that an application has passed elsewhere than to a send method. Anything else is misuse, and `what` names the place. */
export function givenOctets(value: Octets, what: string): Octets {
  const octets = realOctets(value)
  if (octets === undefined) throw new ApiMisuse(wrong(value, what))
  return octets
}

/** Checks octets that an extension has emitted. Anything else is a mistake of the extension, and not of the caller of a send method. */
export function emittedOctets(value: Octets, what: string): Octets {
  const octets = realOctets(value)
  if (octets === undefined) throw new TypeError(wrong(value, what))
  return octets
}

function wrong(value: unknown, what: string): string {
  return `${what} must be a Uint8Array, and not ${nameOfKind(value)}`
}
