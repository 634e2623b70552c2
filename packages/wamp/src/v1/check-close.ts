import { ApiMisuse, shownValue } from '@autobahn-ts/websocket/portable'

/** Throws `ApiMisuse` for a close code that no side may send (RFC 6455 §7.4.2), and for a reason that is not a string of at most 123 octets. */
export function checkClose(code: unknown, reason: unknown): void {
  if (!mayBeSent(code)) throw new ApiMisuse(`close code ${shownValue(code)} may not be sent; 1000-1003, 1007-1014 and 3000-4999 may`)
  if (typeof reason !== 'string') throw new ApiMisuse(`a close reason must be a string, and not ${shownValue(reason)}`)
  const { length } = encoder.encode(reason)
  if (length > longestReason) throw new ApiMisuse(`close reason of ${length} octets; at most ${longestReason} fit`)
}

function mayBeSent(code: unknown): boolean {
  if (!Number.isInteger(code)) return false
  const number = code as number
  return (number >= 1000 && number <= 1003) || (number >= 1007 && number <= 1014) || (number >= 3000 && number <= 4999)
}

/** Octets: a control frame has 125 (RFC 6455 §5.5), two are the code. */
const longestReason = 123
const encoder = new TextEncoder()
