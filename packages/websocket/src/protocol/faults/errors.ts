import { CloseCode } from './close-code.ts'

/**
 * The peer broke the rules.
 *
 * Thrown where it is found, caught once in `WebSocketConnection`, answered with `closeCode` (RFC 6455 §7.1.7),
 * and told to the application as the `cause` of its `closeInfo`.
 */
export class PeerMisbehaved extends Error {
  override readonly name = 'PeerMisbehaved'
  readonly code: 'ERR_PEER_MISBEHAVED' = 'ERR_PEER_MISBEHAVED'
  readonly closeCode: number

  constructor(closeCode: number, message: string) {
    super(message)
    this.closeCode = closeCode
  }
}

/** The caller broke the rules: a bug in the application, thrown to it at once. */
export class ApiMisuse extends Error {
  override readonly name = 'ApiMisuse'
  readonly code: 'ERR_API_MISUSE' = 'ERR_API_MISUSE'
}

/** The peer reads too slowly: above `maxUnsentSize`, under the policy `throw`. The message was not taken. */
export class UnsentLimitExceeded extends Error {
  override readonly name = 'UnsentLimitExceeded'
  readonly code: 'ERR_UNSENT_LIMIT_EXCEEDED' = 'ERR_UNSENT_LIMIT_EXCEEDED'
}

/** Nobody's fault: the connection is gone. What waits for it rejects with this. */
export class ConnectionClosed extends Error {
  override readonly name = 'ConnectionClosed'
  readonly code: 'ERR_CONNECTION_CLOSED' = 'ERR_CONNECTION_CLOSED'
  /** The close code as `onClose` reports it. */
  readonly closeCode: number

  constructor(closeCode: number, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.closeCode = closeCode
  }
}

/** Header lines of a response, as `HandshakeFailed` keeps them; names are found in any case. */
export interface ReceivedHeaders extends Iterable<readonly [name: string, value: string]> {
  /** The value; where the name is repeated, all of them joined with commas. */
  get(name: string): string | undefined
  all(name: string): readonly string[]
  has(name: string): boolean
}

/** The answer behind a failed opening handshake, and its cause. */
export interface HandshakeFailedDetails {
  readonly cause?: unknown
  readonly headers?: ReceivedHeaders | undefined
  readonly body?: string | undefined
}

/**
 * A connection did not come about: it could not be connected, was refused, or ended before it was open. The one class for all of these; the
 * message says what happened, and `cause` is the system's error or what a hook threw.
 */
export class HandshakeFailed extends Error {
  override readonly name = 'HandshakeFailed'
  readonly code: 'ERR_HANDSHAKE_FAILED' = 'ERR_HANDSHAKE_FAILED'
  /** The HTTP status that was received (client) or sent (server), where there was one. */
  readonly status: number | undefined
  /** The headers of the server's answer, where a client got one: `Retry-After`, `WWW-Authenticate`, `Location`. */
  readonly headers: ReceivedHeaders | undefined
  /** The body of a refusal as text, at most 16 KiB of it; `undefined` where there was no refusal. */
  readonly body: string | undefined

  constructor(message: string, status?: number, details: HandshakeFailedDetails = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined)
    this.status = status
    this.headers = details.headers
    this.body = details.body
  }
}

/** Breaking a rule that has no code of its own, RFC 6455 §7.4.1. */
export function protocolError(message: string): PeerMisbehaved {
  return new PeerMisbehaved(CloseCode.ProtocolError, message)
}

/** A payload that goes out by reference is not there any more: its memory was transferred, or moved as that of WebAssembly is when it grows. */
export function detachedPayload(): ApiMisuse {
  return new ApiMisuse('a payload was detached after it was sent and before it had gone out: send a copy, or wait until it has gone')
}
