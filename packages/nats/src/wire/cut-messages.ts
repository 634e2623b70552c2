import type { Octets } from '@autobahn-ts/websocket/portable'
import { headSize, type MessageHead, withHead } from './message-head.ts'
import { pieces } from './pieces.ts'

/** Returns a message as NATS gets it: with a head, and in pieces if it is larger than `most` octets with that. */
export function cutMessages(head: Omit<MessageHead, 'piece'>, octets: Octets, most: number): Octets[] {
  if (octets.length + headSize(false, head.inside) <= most) return [withHead({ ...head, piece: undefined }, octets)]
  const size = Math.max(1, most - headSize(true, head.inside))
  return pieces(octets, size).map(({ piece, payload }) => withHead({ ...head, piece }, payload))
}
