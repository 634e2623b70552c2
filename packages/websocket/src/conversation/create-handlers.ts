import { type ServerFactoryOptions, serverFactoryOptions, type WebSocketServerFactory } from '../application/server-factory.ts'
import type { Awaitable } from '../bytes/awaitable.ts'
import type { ConnectionAccept } from '../handshake/connection-request.ts'
import { checkOptions, type OptionChecks, optionCheck } from '../protocol/checks/check-options.ts'
import { someFunction } from '../protocol/checks/option-values.ts'
import { type ErrorReport, HandlerFactory } from './function-factories.ts'
import type { Admission, Routes } from './route.ts'
import type { DataOf } from './server-connection.ts'

/** The options of a server in function style: all those of a server factory, and two functions. */
export interface HandlersOptions<Answer extends Awaitable<ConnectionAccept> = Awaitable<ConnectionAccept>>
  extends Omit<ServerFactoryOptions, 'protocol' | 'build'> {
  /** Called with errors of handlers, and with other errors that have no recipient. Default: prints them. */
  readonly onError?: ErrorReport
  /**
   * Decides whether to accept a request that has a handler: by authentication, subprotocol, headers. Throws an `HttpException` to refuse.
   * What it returns as `data` is the `data` of the handler's connection.
   */
  readonly onConnect?: Admission<Answer>
}

/**
 * Makes a server factory of handlers, for everything that takes a factory: `attachWS`, `handleUpgrade`, `listenWS`, `acceptStream`. See
 * `serve` for a server with a port, and `attach` for one that exists.
 *
 * Without `onConnect`, `ws.data` is what was passed to `handleUpgrade` as `data`, of type `unknown`. An `onConnect` gives it a type:
 * `request => ({ data: userOf(request.data) })`.
 *
 * Throws `ApiMisuse` for routes and options that are wrong.
 */
export function createHandlers<Paths extends string>(routes: Routes<unknown, Paths>): WebSocketServerFactory
export function createHandlers<Answer extends Awaitable<ConnectionAccept> = Awaitable<ConnectionAccept>, Paths extends string = string>(
  options: HandlersOptions<Answer>,
  routes: Routes<DataOf<Answer>, Paths>,
): WebSocketServerFactory
export function createHandlers<Answer extends Awaitable<ConnectionAccept> = Awaitable<ConnectionAccept>, Paths extends string = string>(
  routes: Routes<DataOf<Answer>, Paths>,
  options: HandlersOptions<Answer>,
): WebSocketServerFactory
export function createHandlers(first: unknown, second?: unknown): WebSocketServerFactory {
  const { options, routes } = optionsAndRoutes<HandlersOptions>(first, second)
  checkOptions(options, handlersOptions, 'createHandlers')
  return handlersOf(options ?? {}, routes, 'createHandlers')
}

/** Makes the factory from options that were checked. `where` is the function as callers know it. */
export function handlersOf({ url, onError, onConnect, ...options }: HandlersOptions, routes: Routes, where: string): HandlerFactory {
  return new HandlerFactory(url, routes, options, onError, onConnect, where)
}

/**
 * Tells options and routes apart: options come first, as with `serve`, or are left out; routes may also come first. They differ in their
 * names: those of routes are paths.
 */
export function optionsAndRoutes<Options>(first: unknown, second: unknown): { options: Options | undefined; routes: Routes } {
  const isSwapped = second === undefined || (areRoutes(first) && !areRoutes(second))
  const [options, routes] = isSwapped ? [second, first] : [first, second]
  return { options: options as Options | undefined, routes: routes as Routes }
}

/** Tells whether a value is a handler, or handlers by path, and not options. Never throws, also where the value cannot be read. */
export function areRoutes(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value === 'function'
  try {
    return Object.keys(value).some(name => name === '*' || name.startsWith('/'))
  } catch {
    return false
  }
}

const { protocol: _, build: __, ...ofFactory } = serverFactoryOptions

/** The checks of `HandlersOptions`, by name. An HTTP server in place of the header `Server` is what users of other libraries write. */
export const handlersOptions: OptionChecks<HandlersOptions> = {
  ...ofFactory,
  server: optionCheck('the text of the header Server (attach serves on an HTTP server)', value => typeof value === 'string'),
  onError: someFunction,
  onConnect: someFunction,
}
