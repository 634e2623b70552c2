import { createHash } from 'node:crypto'

/** Returns the value of `Sec-WebSocket-Accept` for a key, RFC 6455 §4.2.2. */
export function acceptFor(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
}
