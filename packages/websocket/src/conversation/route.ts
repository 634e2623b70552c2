import type { Awaitable } from '../bytes/awaitable.ts'
import type { ConnectionAccept, ConnectionRequest } from '../handshake/connection-request.ts'
import type { PathParams } from '../routing/path-params.ts'
import type { DataOf, ServerConnection } from './server-connection.ts'

/** Serves one connection. When its promise resolves, the connection is closed with 1000; when it rejects, with 1011. */
export type Handler<Data = unknown, Params = PathParams> = (
  connection: ServerConnection<Data, Params>,
  request: ConnectionRequest,
) => Awaitable<unknown>

/**
 * Decides whether to accept a request, as `onConnect` of server protocols does. Throws an `HttpException` to refuse.
 *
 * Called for requests that have a route, with the parameters of the path. Where it names no subprotocol, the first of the client's that is
 * in `protocols` is chosen.
 */
export type Admission<Answer extends Awaitable<ConnectionAccept> = Awaitable<ConnectionAccept>, Params = PathParams> = (
  request: ConnectionRequest,
  pathParams: Params,
) => Answer

/** A handler, with the options that its route has in place of those of the server. */
export interface RouteOptions<Data = unknown, Params = PathParams> {
  readonly handler: Handler<Data, Params>
  /** The subprotocols of this route. Default: those of the server. */
  readonly protocols?: readonly string[]
  /** Write `route({ onConnect, handler })`: only the call of a function can infer the type of its own `data`. */
  readonly onConnect?: undefined
}

/** The options of `route`, with an `onConnect` that is asked in place of the server's. */
export interface OwnRouteOptions<Answer extends Awaitable<ConnectionAccept>, Params = PathParams>
  extends Omit<RouteOptions, 'handler' | 'onConnect'> {
  readonly onConnect: Admission<Answer, Params>
  readonly handler: Handler<DataOf<Answer>, Params>
}

declare const forPath: unique symbol

/** A handler with options, made by `route` for paths that have the parameters. */
export interface Route<Params = PathParams> {
  readonly [forPath]: (params: Params) => void
}

/**
 * Handlers by path, or one handler for every path.
 *
 * A path is compared segment by segment with what the client has sent, which is percent-encoded: `/chat` is not `/chat/`. `:name` takes one
 * segment, and `*` or `*name` at the end takes the rest, which may be empty: `/files/*` takes `/files/` and `/files/a/b`, and not `/files`. `'*'`
 * is every path. Where several match, text comes before `:name`, and that before `*`, from the left. A path that none matches is answered
 * 404, and a parameter whose escapes are not UTF-8 is answered 400.
 */
export type Routes<Data = unknown, Paths extends string = string> =
  | Handler<Data, PathParams<'*'>>
  | { readonly [Path in Paths]: Handler<Data, PathParams<Path>> | RouteOptions<Data, PathParams<Path>> | Route<PathParams<Path>> }

/**
 * Gives a route its own `onConnect`, whose `data` its handler gets, and other options.
 *
 * It is a function for the sake of types: an object with the same properties is the same route. Without `onConnect`, such an object is also
 * the better way in TypeScript, because its handler gets the type of the server's `data`.
 */
export function route<Answer extends Awaitable<ConnectionAccept>, Params = PathParams>(
  options: OwnRouteOptions<Answer, Params>,
): Route<Params>
export function route<Data = unknown, Params = PathParams>(options: RouteOptions<Data, Params>): RouteOptions<Data, Params>
export function route(options: object): object {
  return options
}
