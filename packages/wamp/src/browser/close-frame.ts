/**
 * The code that stands for another one that may be sent. A page may close with 1000 and with 3000 to 4999 alone (WebSockets §3.1, `close()`), so
 * 3000 is added to the codes of the protocol: 1002 leaves as 4002.
 */
export function codeOnTheWire(code: number): number {
  return code === 1000 || code >= 3000 ? code : code + 3000
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
