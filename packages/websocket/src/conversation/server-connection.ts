import type { WebSocketServerProtocol } from '../application/protocol.ts'
import type { ConnectionRequest } from '../handshake/connection-request.ts'
import type { PathParams } from '../routing/path-params.ts'
import type { Connection } from './connection.ts'

/**
 * The server's end of a connection in function style: the first argument of a handler.
 *
 * `Data` is what `onConnect` returned as `data`, and `Params` has the parameters of the route's path. A function for any route may leave both
 * out: every `ServerConnection` is one of those.
 */
export interface ServerConnection<Data = unknown, Params = PathParams> extends Connection {
  /** The value that `onConnect` returned as `data`; `undefined` where it returned none. */
  readonly data: Data
  /**
   * The parameters in the path of the route, percent-decoded: `{ id: 'a b' }` for the request `/room/a%20b` and the route `/room/:id`. The
   * rest that `*` takes is named `'*'`. The parameters of the query are `request.params`.
   */
  readonly pathParams: Params
  /**
   * The client's request. It is parsed when it is first asked for, so that idle connections stay small: it is equal to the one that `onConnect`
   * got, and not the same object.
   */
  readonly request: ConnectionRequest
  readonly protocol: WebSocketServerProtocol<Data>
}

/**
 * The `data` in what an `onConnect` returns, directly or as a promise: the type of `ws.data`.
 *
 * Each way to return counts: one without `data`, such as a subprotocol alone, adds `undefined`.
 */
export type DataOf<Answer> = DataIn<Awaited<Answer>>

type DataIn<Accept> = Accept extends object ? ('data' extends keyof Accept ? Accept['data'] : undefined) : undefined
