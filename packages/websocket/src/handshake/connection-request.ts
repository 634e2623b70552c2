import type { Address, TransportDetails } from '../protocol/life/transport-details.ts'
import type { OfferedExtension } from './http/extension-header.ts'
import type { HeaderFields } from './http/header-fields.ts'
import type { HeadersInput } from './http/http-exception.ts'

/** A client asks for a connection: what a server's `onConnect` decides on. */
export interface ConnectionRequest {
  /** The client's address; behind trusted proxies, the one they forwarded. */
  readonly peer: Address
  readonly transport: TransportDetails
  /** All headers of the request; names in any case, repeated ones kept apart. */
  readonly headers: HeaderFields
  /** Host of the `Host` header without the port, lower case; of the request's target, where that is an absolute URL. */
  readonly host: string
  /** The path as it came, still percent-encoded, without the query. */
  readonly path: string
  /** The query's parameters, decoded; repeated ones in order. */
  readonly params: ReadonlyMap<string, readonly string[]>
  /** The path with the query, as it came; without scheme and host, where the target is an absolute URL. */
  readonly resource: string
  /** 13, or 8 where the option allows it. */
  readonly version: number
  /** The `Origin` header; `undefined` where there was none (not a browser). */
  readonly origin: string | undefined
  /** Subprotocols that the client offered, in its order. */
  readonly protocols: readonly string[]
  /** Extensions that the client offered, in its order. */
  readonly extensions: readonly OfferedExtension[]
}

/** A server accepted: what a client's `onConnect` looks at. */
export interface ConnectionResponse {
  readonly peer: Address
  readonly transport: TransportDetails
  readonly headers: HeaderFields
  readonly version: number
  /** The subprotocol that the server chose; empty where it chose none. */
  readonly protocol: string
  /** Extensions as the server answered them. */
  readonly extensions: readonly OfferedExtension[]
}

/** What a client is about to ask for; `onConnecting` may replace parts of it for this attempt. */
export interface ConnectingRequest {
  /** The `Host` header: host, and port where it is not the default. */
  readonly host: string
  /** Path and query. */
  readonly resource: string
  readonly headers: HeadersInput
  readonly origin: string | undefined
  readonly protocols: readonly string[]
  readonly useragent: string | undefined
}

/**
 * Answers of a server's `onConnect` that accept: nothing, one of the subprotocols that the client offered, or an object.
 *
 * Every other value is answered 500. `HttpException` and other errors do not compile as answers: throw them.
 */
export type ConnectionAccept =
  | void
  | undefined
  | string
  | {
      readonly protocol?: string | undefined
      readonly headers?: HeadersInput | undefined
      /** Kept for the application as `protocol.data`. */
      readonly data?: unknown
      readonly status?: never
      readonly message?: never
    }
