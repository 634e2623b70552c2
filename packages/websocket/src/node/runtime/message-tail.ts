import type { Octets } from '../../bytes/octets.ts'

/**
 * The octets 00 00 ff ff as a number, which a sender removes from the end of a compressed message (RFC 7692 §7.2.1).
 *
 * A message from which they were removed never ends with ff: the last octet has at least one bit of the header of an empty block, and these
 * bits are 0. So a message that does end with them comes from a sender that has not removed them.
 */
export const messageTail = 0x0000ffff

/** Returns the last four octets of a message as a number; `before` has those before the given octets. */
export function lastFour(before: number, octets: Octets): number {
  let last = before
  for (let at = Math.max(0, octets.length - 4); at < octets.length; at++) last = ((last << 8) | octets[at]!) >>> 0
  return last
}
