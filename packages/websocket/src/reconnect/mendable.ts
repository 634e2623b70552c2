import * as CloseCode from '../protocol/faults/codes.ts'
import { ApiMisuse, HandshakeFailed } from '../protocol/faults/errors.ts'
import type { LostConnection } from './reconnecting-options.ts'

/**
 * Tells whether another try may help after a loss. It cannot
 *
 * - after the close codes 1000, 1002, 1003, 1007, 1008 and 1010: the server is done, or does not accept this client;
 * - after a refusal with a redirect or with a 4xx status, except 408, 425 and 429: the same request would be refused again;
 * - after `ApiMisuse`, which is a bug in the application.
 */
export function isMendable({ code, cause }: Omit<LostConnection, 'retryIn'>): boolean {
  if (cause instanceof ApiMisuse) return false
  const status = cause instanceof HandshakeFailed ? cause.status : undefined
  if (status !== undefined && status >= 300 && status < 500) return passing.includes(status)
  return !final.includes(code)
}

/** Returns the milliseconds that a refusal asks to wait with `Retry-After`, RFC 9110 §10.2.3; 0 where it does not ask. */
export function retryAfter(cause: unknown): number {
  const value = cause instanceof HandshakeFailed ? cause.headers?.get('Retry-After') : undefined
  if (value === undefined) return 0
  const wanted = /^\d+$/.test(value) ? 1000 * Number(value) : Date.parse(value) - Date.now()
  return wanted > 0 ? Math.min(wanted, longest) : 0
}

/** Request Timeout, Too Early, and Too Many Requests. */
const passing: readonly number[] = [408, 425, 429]

const final: readonly number[] = [
  CloseCode.Normal,
  CloseCode.ProtocolError,
  CloseCode.UnsupportedData,
  CloseCode.InvalidPayload,
  CloseCode.PolicyViolation,
  CloseCode.MandatoryExtension,
]

/** Milliseconds: a day. */
const longest = 86_400_000
