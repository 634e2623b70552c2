import type { ServerFactoryOptions } from '../classes/server-factory.ts'
import { type ErrorReport, HandlerFactory } from '../functions/function-factories.ts'
import type { Admission, Routes } from '../functions/function-protocols.ts'
import { type ListenOptions, listenWS } from './listen-ws.ts'
import type { Listener } from './listener.ts'

/** Where to listen, and everything a server factory takes. */
export interface ServeOptions extends ListenOptions, Omit<ServerFactoryOptions, 'protocol'> {
  /** What handlers throw, and what else nobody is told. Default: printed. */
  readonly onError?: ErrorReport
  /** Decides on a request that has a handler: authentication, subprotocol, headers. Throw an `HttpException` to refuse. */
  readonly onConnect?: Admission
}

/**
 * Serves WebSocket connections with handlers instead of classes.
 *
 * Rejects as `listenWS` does. Requests for paths without a handler are answered 404.
 */
export async function serve(options: ServeOptions, routes: Routes): Promise<Listener> {
  const { onError, onConnect, url, ...others } = options
  const [listenOptions, factoryOptions] = divided(others)
  return listenWS(new HandlerFactory(url, routes, factoryOptions, onError, onConnect), listenOptions)
}

function divided(options: Omit<ServeOptions, 'onError' | 'onConnect' | 'url'>): [ListenOptions, ServerFactoryOptions] {
  const { host, port, path, tls, backlog, exclusive, reusePort, signal, ...factoryOptions } = options
  const listenOptions = { host, port, path, tls, backlog, exclusive, reusePort, signal }
  const given = Object.fromEntries(Object.entries(listenOptions).filter(([, value]) => value !== undefined))
  return [given, factoryOptions]
}
