import { isUtf8 } from 'node:buffer'
import { joined, utf8 } from './octets.ts'

/** The code and reason of a close frame; both are missing if the frame has no payload. */
export interface CloseWords {
  readonly code?: number
  readonly reason?: string
}

/** Encodes the payload of a close frame. The code may be any (RFC 6455 §5.5.1). */
export function closePayload(code: number, reason: string | Uint8Array = ''): Uint8Array {
  return joined([Uint8Array.of(code >> 8, code & 0xff), typeof reason === 'string' ? utf8(reason) : reason])
}

/** Reads the payload of the testee's close frame. Returns a string if the payload breaks a rule. */
export function readClosePayload(payload: Uint8Array): CloseWords | string {
  if (payload.length === 0) return {}
  if (payload.length === 1) return 'a close frame with one octet (RFC 6455 §5.5.1)'
  const code = (payload[0]! << 8) | payload[1]!
  if (!maySend(code)) return `a close frame with code ${code}, which may not be sent (RFC 6455 §7.4)`
  const reason = payload.subarray(2)
  if (!isUtf8(reason)) return 'a close reason that is not valid UTF-8 (RFC 6455 §5.5.1)'
  return { code, reason: new TextDecoder().decode(reason) }
}

/**
 * Whether a code may be sent: 1000 to 1014 as registered, without those that mean the lack of a code, and 3000 to 4999 (RFC 6455 §7.4.2).
 */
function maySend(code: number): boolean {
  return (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999)
}
