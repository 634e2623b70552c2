import { encodeText } from '../bytes/text.ts'
import { mayBeSent } from '../protocol/faults/close-code.ts'

/** Tells whether a code and a reason can be sent. `closeReason` says what is wrong with those that cannot. */
export function isCloseFrame(code: number, reason: string): boolean {
  return mayBeSent(code) && typeof reason === 'string' && fits(reason)
}

/** Returns as much of a reason as a close frame holds, cut between characters: the platform refuses a longer one. */
export function fittingReason(reason: string): string {
  if (fits(reason)) return reason
  let fitting = reason.slice(0, longestReason)
  while (!fits(fitting)) fitting = fitting.slice(0, -1)
  return fitting.replace(/[\ud800-\udbff]$/, '')
}

function fits(reason: string): boolean {
  return encodeText(reason).length <= longestReason
}

/** Octets (RFC 6455 §5.5.1). */
const longestReason = 123
