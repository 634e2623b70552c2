import type { Address, TransportDetails } from '../protocol/life/transport-details.ts'
import type { OfferedExtension } from './http/extension-header.ts'
import type { HeaderFields } from './http/header-fields.ts'
import type { HeadersInput } from './http/http-exception.ts'

/** A client's request for a connection: the argument of a server's `onConnect`. */
export interface ConnectionRequest {
  /** The client's address; behind trusted proxies, the address that they forwarded. */
  readonly peer: Address
  readonly transport: TransportDetails
  /** All headers of the request; names in any case, repeated ones kept apart. */
  readonly headers: HeaderFields
  /** The host in lower case, without the port: from the `Host` header, or from the request's target where that is an absolute URL. */
  readonly host: string
  /** The path as it was sent, still percent-encoded, without the query. */
  readonly path: string
  /** The query's parameters, decoded; repeated ones in order. */
  readonly params: ReadonlyMap<string, readonly string[]>
  /** The path with the query as they were sent, without scheme and host where the target is an absolute URL. */
  readonly resource: string
  /** The version of the protocol: 13, or 8 where the option allows it. */
  readonly version: number
  /** The `Origin` header; `undefined` where there was none, which means that the client is not a browser. */
  readonly origin: string | undefined
  /** The subprotocols that the client offered, in its order. */
  readonly protocols: readonly string[]
  /** The extensions that the client offered, in its order. */
  readonly extensions: readonly OfferedExtension[]
}

/** A server's response that accepts: the argument of a client's `onConnect`. */
export interface ConnectionResponse {
  readonly peer: Address
  readonly transport: TransportDetails
  readonly headers: HeaderFields
  readonly version: number
  /** The subprotocol that the server chose; empty where it chose none. */
  readonly protocol: string
  /** The extensions of the server's answer. */
  readonly extensions: readonly OfferedExtension[]
}

/** The request that a client is about to send; `onConnecting` may replace parts of it for this attempt. */
export interface ConnectingRequest {
  /** The `Host` header: host, and port where it is not the default. */
  readonly host: string
  /** The path and query. */
  readonly resource: string
  readonly headers: HeadersInput
  readonly origin: string | undefined
  readonly protocols: readonly string[]
  readonly useragent: string | undefined
}

/**
 * The answers of a server's `onConnect` that accept: nothing, one of the subprotocols that the client offered, or an object.
 *
 * Any other value is answered with status 500. `HttpException` and other errors do not compile as answers: throw them.
 */
export type ConnectionAccept =
  | void
  | undefined
  | string
  | {
      readonly protocol?: string | undefined
      readonly headers?: HeadersInput | undefined
      /** A value for the application, kept as `protocol.data`. */
      readonly data?: unknown
      readonly status?: never
      readonly message?: never
    }
