import type { Octets } from '../bytes/octets.ts'
import type { Text } from '../bytes/text.ts'
import { ApiMisuse } from '../protocol/errors.ts'

/** The octets of what an application wants to send; anything but a string or octets is misuse (a number once sent uninitialised memory). */
export function octetsOf(payload: Octets | string, text: Text): Octets {
  return typeof payload === 'string' ? text.encode(payload) : checkedOctets(payload)
}

/** Octets as they are, if they are: of any realm, and not detached. */
export function checkedOctets(payload: Octets, wanted = 'a string or a Uint8Array'): Octets {
  if (!isOctets(payload)) throw new ApiMisuse(`a payload must be ${wanted}, and not ${kindOf(payload)}${adviceFor(payload)}`)
  if (payload.length === 0 && isDetached(payload)) throw new ApiMisuse('the payload belongs to a detached buffer')
  return payload
}

function isOctets(payload: unknown): payload is Octets {
  return payload instanceof Uint8Array || Object.prototype.toString.call(payload) === '[object Uint8Array]'
}

/** A detached buffer cannot be viewed any more; it looks empty otherwise. */
function isDetached(payload: Octets): boolean {
  try {
    return new Uint8Array(payload.buffer).length < 0
  } catch {
    return true
  }
}

function adviceFor(value: unknown): string {
  const isPlain = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  return isPlain ? ': send JSON.stringify of it' : ''
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return typeof value === 'object' ? Object.prototype.toString.call(value).slice(8, -1) : typeof value
}
