import type { Address, TransportDetails } from '../protocol/life/transport-details.ts'
import type { OfferedExtension } from './http/extension-header.ts'
import type { HeaderFields } from './http/header-fields.ts'
import type { HeadersInput } from './http/http-exception.ts'

/**
 * The types of `ConnectionRequest.raw`. The edge to a runtime adds its own by declaration merging: with `@autobahn-ts/websocket` on Node it
 * is `IncomingMessage` of `node:http`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: edges add members
export interface RawRequests {}

/**
 * A client's request for a connection: the argument of a server's `onConnect`.
 *
 * `url`, `query`, `cookies` and `signal` are made when they are first asked for. They are accessors, so a copy by `{ ...request }` lacks them.
 */
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
  /** The query's parameters, decoded; repeated ones in order. `query` has the same as the platform's class. */
  readonly params: ReadonlyMap<string, readonly string[]>
  /** The query's parameters, as the platform's class reads them. */
  readonly query: URLSearchParams
  /**
   * The URL that the client asked for: scheme `ws:` or `wss:`, the host and port of the request, and `resource`. The scheme is `wss:` where
   * this server ends TLS, or where the factory's URL says that a proxy does.
   *
   * Throws `HttpException` 400 for a host that cannot stand in a URL, such as `256.1.1.1`.
   */
  readonly url: URL
  /**
   * The cookies by name, RFC 6265 §4.2, with quotes removed and percent escapes resolved. Of a repeated name the first one counts. Malformed
   * ones are left out; `headers.all('cookie')` has everything as it was sent.
   */
  readonly cookies: ReadonlyMap<string, string>
  /**
   * A signal that aborts when the connection is gone, for work that `onConnect` has begun on behalf of the client: the client has left
   * while `onConnect` was pending, `openHandshakeTimeout` has passed, the request was refused, or the open connection has ended. Its reason
   * is a `HandshakeFailed`, or `ConnectionClosed` where the connection was open.
   */
  readonly signal: AbortSignal
  /** The value that was passed to `handleUpgrade` as `data`; `undefined` elsewhere. */
  readonly data: unknown
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
  /**
   * The request as the HTTP server has it, for middleware: an `IncomingMessage` of `node:http` behind `attachWS` and `handleUpgrade`.
   * `undefined` where there is none, as behind `listenWS`.
   *
   * A connection keeps it only if it was read before `onOpen` has returned, because it takes more than a third of the memory of an idle connection. If
   * `protocol.request` is asked for it later, it throws `ApiMisuse`.
   */
  readonly raw: RawRequests[keyof RawRequests] | undefined
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
export type ConnectionAccept<Data = unknown> =
  | void
  | undefined
  | string
  | {
      readonly protocol?: string | undefined
      readonly headers?: HeadersInput | undefined
      /** A value for the application, kept as `protocol.data`. */
      readonly data?: Data
      readonly status?: never
      readonly message?: never
    }
