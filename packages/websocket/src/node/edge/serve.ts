import type { Awaitable } from '../../bytes/awaitable.ts'
import { areRoutes, type HandlersOptions, handlersOf, handlersOptions } from '../../conversation/create-handlers.ts'
import type { Routes } from '../../conversation/route.ts'
import type { DataOf } from '../../conversation/server-connection.ts'
import type { ConnectionAccept } from '../../handshake/connection-request.ts'
import { checkOptions, type OptionChecks } from '../../protocol/checks/check-options.ts'
import { ApiMisuse } from '../../protocol/faults/errors.ts'
import { type ListenOptions, listenOptions, listenWS } from './listen-ws.ts'
import type { Listener } from './listener.ts'

/** Options of listening, and all options of a server factory. */
export interface ServeOptions<Answer extends Awaitable<ConnectionAccept> = Awaitable<ConnectionAccept>>
  extends ListenOptions,
    HandlersOptions<Answer> {}

/**
 * Serves WebSocket connections in function style.
 *
 * Rejects with the system's error where it cannot listen, as on a port that is taken, and with `ApiMisuse` for options and routes that cannot be used. Requests for paths without a handler are answered 404.
 */
export async function serve<Answer extends Awaitable<ConnectionAccept> = undefined, Paths extends string = string>(
  options: ServeOptions<Answer>,
  routes: Routes<DataOf<Answer>, Paths>,
): Promise<Listener>
export async function serve(options: ServeOptions, routes: Routes): Promise<Listener> {
  if (isServer(options)) throw new ApiMisuse('serve opens a port of its own; on a server that exists, attach(server, routes) serves')
  if (areRoutes(options) && !areRoutes(routes))
    throw new ApiMisuse('serve takes its options before the routes: serve({ port: 9000 }, routes)')
  checkOptions(options, serveOptions, 'serve')
  const [place, ofFactory] = divided(options ?? {})
  return listenWS(handlersOf(ofFactory, routes, 'serve'), place)
}

/** Tells whether a value is an HTTP server, which users of other libraries pass. */
function isServer(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'listen' in value && 'listenerCount' in value
}

function divided(options: ServeOptions): [ListenOptions, HandlersOptions] {
  const { host, port, socketPath, path, tls, backlog, exclusive, reusePort, signal, clock, ...ofFactory } = options
  const place = { host, port, socketPath, path, tls, backlog, exclusive, reusePort, signal, clock }
  const given = Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined))
  return [given, ofFactory]
}

const serveOptions: OptionChecks<ServeOptions> = { ...listenOptions, ...handlersOptions }
