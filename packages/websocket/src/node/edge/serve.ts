import { type ServerFactoryOptions, serverFactoryOptions } from '../../application/server-factory.ts'
import { type ErrorReport, HandlerFactory } from '../../conversation/function-factories.ts'
import type { Admission, Routes } from '../../conversation/function-protocols.ts'
import { checkOptions, type OptionChecks } from '../../protocol/checks/check-options.ts'
import { someFunction } from '../../protocol/checks/option-values.ts'
import { type ListenOptions, listenOptions, listenWS } from './listen-ws.ts'
import type { Listener } from './listener.ts'

/** Options of listening, and all options of a server factory. */
export interface ServeOptions extends ListenOptions, Omit<ServerFactoryOptions, 'protocol' | 'build'> {
  /** Called with errors of handlers, and with other errors that have no recipient. Default: prints them. */
  readonly onError?: ErrorReport
  /**
   * Decides whether to accept a request that has a handler: by authentication, subprotocol, headers. Throws an `HttpException` to refuse.
   */
  readonly onConnect?: Admission
}

/**
 * Serves WebSocket connections in function style.
 *
 * Rejects as `listenWS` does. Requests for paths without a handler are answered 404.
 */
export async function serve(options: ServeOptions, routes: Routes): Promise<Listener> {
  checkOptions(options, serveOptions, 'serve')
  const { onError, onConnect, url, ...others } = options ?? {}
  const [place, factoryOptions] = divided(others)
  return listenWS(new HandlerFactory(url, routes, factoryOptions, onError, onConnect), place)
}

function divided(options: Omit<ServeOptions, 'onError' | 'onConnect' | 'url'>): [ListenOptions, ServerFactoryOptions] {
  const { host, port, path, tls, backlog, exclusive, reusePort, signal, clock, ...factoryOptions } = options
  const place = { host, port, path, tls, backlog, exclusive, reusePort, signal, clock }
  const given = Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined))
  return [given, factoryOptions]
}

const { protocol: _, build: __, ...ofFactory } = serverFactoryOptions
const serveOptions: OptionChecks<ServeOptions> = { ...listenOptions, ...ofFactory, onError: someFunction, onConnect: someFunction }
