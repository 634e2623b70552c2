import type { Octets } from '@autobahn-ts/websocket/portable'
import type { Encoded } from '../messages/payload.ts'
import { MessageTooLarge } from './message-transport.ts'

/** Throws `MessageTooLarge` for a message above a size in octets. The octets of a text are counted only where it may be too large. */
export function checkSize(encoded: Encoded, maxSize: number): void {
  if (encoded.length * (typeof encoded === 'string' ? 3 : 1) <= maxSize) return
  const size = octetsOf(encoded).length
  if (size > maxSize) throw new MessageTooLarge(size, maxSize)
}

/** Returns an encoded message as octets. */
export function octetsOf(encoded: Encoded): Octets {
  return typeof encoded === 'string' ? encoder.encode(encoded) : encoded
}

const encoder: TextEncoder = /* @__PURE__ */ new TextEncoder()
