import { ApiMisuse } from '@autobahn-ts/websocket/portable'

/**
 * The code that stands for another one. A page may close with 1000 and with 3000 to 4999 alone (WebSockets §3.1, `close()`), so 3000 is added
 * to the codes of the protocol: 1002 leaves as 4002.
 */
export function codeOnTheWire(code: number): number {
  if (code === 1000 || (code >= 3000 && code <= 4999)) return code
  if ((code >= 1001 && code <= 1003) || (code >= 1007 && code <= 1014)) return code + 3000
  throw new ApiMisuse(`close code ${code} may not be sent; 1000-1003, 1007-1014 and 3000-4999 may`)
}

/** A reason that the platform takes. */
export function checkedReason(reason: string): string {
  const { length } = encoder.encode(reason)
  if (length > longestReason) throw new ApiMisuse(`close reason of ${length} octets; at most ${longestReason} fit`)
  return reason
}

/** As much of a reason as fits, cut at a character. */
export function cutReason(reason: string): string {
  let cut = reason
  while (encoder.encode(cut).length > longestReason) cut = [...cut].slice(0, -1).join('')
  return cut
}

/** Octets: a control frame has 125 (RFC 6455 §5.5), two are the code. */
const longestReason = 123
const encoder = new TextEncoder()
