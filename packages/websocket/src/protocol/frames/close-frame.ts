import { noOctets, type Octets, type ReceivedOctets } from '../../bytes/octets.ts'
import type { Text } from '../../bytes/text.ts'
import { Utf8Validator } from '../../bytes/utf8-validator.ts'
import { mayBeSent } from '../faults/close-code.ts'
import * as CloseCode from '../faults/codes.ts'
import { ApiMisuse, PeerMisbehaved, protocolError } from '../faults/errors.ts'
import { shownValue } from '../faults/shown-value.ts'
import { longestControlPayload } from './control-frame.ts'

/** The code and reason of a close frame, RFC 6455 §5.5.1. */
export interface ClosePayload {
  readonly code: number | undefined
  readonly reason: ReceivedOctets
}

/**
 * Reads a close frame's payload. Codes that must not be on the wire and reasons that are not UTF-8 are the peer's fault.
 *
 * A payload has no octet, or two and more: `checkHeader` of `frame-header` has refused a close frame with one.
 */
export function parseClose(payload: ReceivedOctets, text: Text): ClosePayload {
  if (payload.length === 0) return { code: undefined, reason: new Uint8Array(0) }
  const code = (payload[0]! << 8) | payload[1]!
  if (!mayBeSent(code)) throw protocolError(`close code ${code} may not be sent`)
  const validator = new Utf8Validator(text)
  if (!validator.push(payload, 2, payload.length) || !validator.isComplete) {
    throw new PeerMisbehaved(CloseCode.InvalidPayload, 'close reason is not UTF-8')
  }
  return { code, reason: payload.subarray(2) }
}

/** Makes the payload of a close frame that an application asks for. Throws `ApiMisuse` as `closeReason` does. */
export function makeClose(code: number | undefined, reason: string, text: Text): Octets {
  const octets = closeReason(code, reason, text)
  return code === undefined ? noOctets : closeOctets(code, octets)
}

/**
 * Encodes the reason of a close frame that an application asks for. Throws `ApiMisuse` for a code that must not be sent, for a reason without a code,
 * and for one that is not a string or does not fit.
 */
export function closeReason(code: number | undefined, reason: string, text: Pick<Text, 'encode'>): Octets {
  if (code !== undefined) checkCode(code)
  else if (reason !== '') throw new ApiMisuse('a close reason needs a close code')
  const octets = encodedReason(reason, text)
  if (octets.length > longestReason) throw new ApiMisuse(`close reason of ${octets.length} octets; at most ${longestReason} fit`)
  return octets
}

/** Makes the payload of a close frame of the library. A reason that is too long is cut. */
export function makeFailure(code: number, reason: string, text: Text): Octets {
  return closeOctets(code, fittingReason(reason, text))
}

/** Encodes as much of a reason as fits into a close frame, cut between characters. */
export function fittingReason(reason: string, text: Text): Octets {
  const octets = encodedReason(reason, text)
  if (octets.length <= longestReason) return octets
  let end = longestReason
  while ((octets[end]! & 0xc0) === 0x80) end--
  return octets.subarray(0, end)
}

/** Throws `ApiMisuse` for a code that an application may not send, and names it. */
export function checkCode(code: number): void {
  if (mayBeSent(code)) return
  const hint = typeof code === 'string' ? ': the code comes before the reason' : '; 1000-1003, 1007-1014 and 3000-4999 may'
  throw new ApiMisuse(`close code ${shownValue(code)} may not be sent${hint}`)
}

/** Encodes a reason. Guards JavaScript callers, because runtimes' encoders disagree about non-strings. */
function encodedReason(reason: string, text: Pick<Text, 'encode'>): Octets {
  if (typeof reason !== 'string') throw new ApiMisuse(`a close reason must be a string, and not ${shownValue(reason)}`)
  return text.encode(reason)
}

function closeOctets(code: number, reason: Octets): Octets {
  const payload = new Uint8Array(2 + reason.length)
  payload[0] = code >>> 8
  payload[1] = code
  payload.set(reason, 2)
  return payload
}

/** The longest reason in octets: two octets of a control frame are the code. */
export const longestReason: number = longestControlPayload - 2
