/**
 * The code that stands for another one that a close frame may have. A page may close with 1000 and with 3000 to 4999 alone (WebSockets §3.1,
 * `close()`), so 3000 is added to the other codes of the protocol: 1002 leaves as 4002.
 */
export function pageCloseCode(code: number): number {
  return code === 1000 || code >= 3000 ? code : code + 3000
}
