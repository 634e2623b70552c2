import * as CloseCode from './codes.ts'

/**
 * The peer broke the rules.
 *
 * Thrown where it is found, caught once in `WebSocketConnection`, answered with `closeCode` (RFC 6455 §7.1.7),
 * and reported to the application as the `cause` of its `closeInfo`.
 */
export class PeerMisbehaved extends Error {
  override readonly name = 'PeerMisbehaved'
  readonly code: 'ERR_PEER_MISBEHAVED' = 'ERR_PEER_MISBEHAVED'
  readonly closeCode: number
  /**
   * The number that broke the rule, where the message only says the rule: an opcode, or a length of seven bits.
   *
   * @internal
   */
  declare readonly found?: number

  constructor(closeCode: number, message: string, found?: number) {
    super(message)
    this.closeCode = closeCode
    if (found !== undefined) this.found = found
  }
}

/** The caller broke the rules: a bug in the application, thrown to it at once. */
export class ApiMisuse extends Error {
  override readonly name = 'ApiMisuse'
  readonly code: 'ERR_API_MISUSE' = 'ERR_API_MISUSE'
}

/** The peer reads too slowly: the unsent octets exceed `maxUnsentSize` under the policy `throw`. The message was not sent. */
export class UnsentLimitExceeded extends Error {
  override readonly name = 'UnsentLimitExceeded'
  readonly code: 'ERR_UNSENT_LIMIT_EXCEEDED' = 'ERR_UNSENT_LIMIT_EXCEEDED'
}

/** The connection has ended, by nobody's fault. Pending promises reject with this error. */
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

/** A part of a value that does not fit its schema, as the Standard Schema interface describes it. */
export interface SchemaIssue {
  readonly message: string
  /** The way from the whole value to the part: keys, or objects with a `key`. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/**
 * The peer sent a message that the application's loop does not take: octets where text was read, text that is not JSON, or a value that
 * does not fit its schema. The connection is failed with `closeCode`, unless the loop has an `onRefused`.
 */
export class MessageRefused extends Error {
  override readonly name = 'MessageRefused'
  readonly code: 'ERR_MESSAGE_REFUSED' = 'ERR_MESSAGE_REFUSED'
  /** 1003 for octets, 1007 for text that is not JSON, 1008 for a value that does not fit its schema (RFC 6455 §7.4.1). */
  readonly closeCode: number
  /** The issues that the schema found; empty for a message that was not JSON. */
  readonly issues: readonly SchemaIssue[]

  constructor(closeCode: number, message: string, details: { readonly cause?: unknown; readonly issues?: readonly SchemaIssue[] } = {}) {
    super(message, details)
    this.closeCode = closeCode
    this.issues = details.issues ?? []
  }
}

/** The header lines of a response, as `HandshakeFailed` keeps them. Names are case-insensitive. */
export interface ReceivedHeaders extends Iterable<readonly [name: string, value: string]> {
  /** Returns the value; for a repeated name, all values joined with commas. */
  get(name: string): string | undefined
  all(name: string): readonly string[]
  has(name: string): boolean
}

/** The server's answer and the cause of a failed opening handshake. */
export interface HandshakeFailedDetails {
  readonly cause?: unknown
  readonly headers?: ReceivedHeaders | undefined
  readonly body?: string | undefined
}

/**
 * A connection was not opened: it could not be connected, was refused, or ended before it was open. This is the one class for all of these
 * (decision 35); the message says what happened, and `cause` is the system's error or the exception of a hook.
 */
export class HandshakeFailed extends Error {
  override readonly name = 'HandshakeFailed'
  readonly code: 'ERR_HANDSHAKE_FAILED' = 'ERR_HANDSHAKE_FAILED'
  /** The HTTP status that was received (client) or sent (server), if there was one. */
  readonly status: number | undefined
  /** The headers of the server's answer, if a client got one: `Retry-After`, `WWW-Authenticate`, `Location`. */
  readonly headers: ReceivedHeaders | undefined
  /** The body of a refusal as text, at most 16 KiB of it; `undefined` without a refusal. */
  readonly body: string | undefined

  constructor(message: string, status?: number, details: HandshakeFailedDetails = {}) {
    super(message, details)
    this.status = status
    this.headers = details.headers
    this.body = details.body
  }
}

/** Makes the fault for a broken rule without a code of its own, RFC 6455 §7.4.1. */
export function protocolError(message: string, found?: number): PeerMisbehaved {
  return new PeerMisbehaved(CloseCode.ProtocolError, message, found)
}

/**
 * Makes the error for a payload that was sent by reference and whose memory is gone: transferred, or moved because a memory of WebAssembly
 * has grown.
 */
export function detachedPayload(): ApiMisuse {
  return new ApiMisuse('a payload was detached after send and before it was written: send a copy, or wait until it has been written')
}
