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

/** The opening handshake did not succeed; the message says what the peer sent. */
export class HandshakeFailed extends Error {
  override readonly name = 'HandshakeFailed'
  readonly code: 'ERR_HANDSHAKE_FAILED' = 'ERR_HANDSHAKE_FAILED'
  /** The HTTP status that was received (client) or sent (server), where there was one. */
  readonly status: number | undefined

  constructor(message: string, status?: number, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.status = status
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
