import type { Awaitable } from '../../bytes/awaitable.ts'
import { type HandlersOptions, handlersOf, handlersOptions, optionsAndRoutes } from '../../conversation/create-handlers.ts'
import type { Routes } from '../../conversation/route.ts'
import type { DataOf } from '../../conversation/server-connection.ts'
import type { ConnectionAccept } from '../../handshake/connection-request.ts'
import { checkOptions, type OptionChecks, optionCheck } from '../../protocol/checks/check-options.ts'
import { type AttachOptions, attachAt, attachOptions, checkServer } from './attach-ws.ts'
import type { Attachment } from './attachment.ts'
import type { HttpServer } from './serve-without-upgrade.ts'

/** Options of taking requests from a server, and all options of a server factory. The paths are those of the routes. */
export interface AttachHandlersOptions<Answer extends Awaitable<ConnectionAccept> = Awaitable<ConnectionAccept>>
  extends Omit<AttachOptions, 'path'>,
    HandlersOptions<Answer> {}

/**
 * Serves WebSocket connections in function style on an existing HTTP server: of `node:http`, `node:https`, or `node:http2` with `allowHTTP1`.
 *
 * It takes the upgrade requests whose path has a route. All others are left as they are by `attachWS`: to other attachments and listeners, or
 * answered 404 where there are none. The options stand before the routes, as those of `serve` do, because TypeScript reads from left to right:
 * so handlers know the type of `data` that `onConnect` returns. Where nothing depends on that, they may also stand behind.
 *
 * Throws `ApiMisuse` for routes and options that are wrong, for anything but a server, and for a path that an earlier attachment has on this
 * server, unless that is closed.
 */
export function attach<Paths extends string>(server: HttpServer, routes: Routes<undefined, Paths>): Attachment
export function attach<Answer extends Awaitable<ConnectionAccept> = undefined, Paths extends string = string>(
  server: HttpServer,
  options: AttachHandlersOptions<Answer>,
  routes: Routes<DataOf<Answer>, Paths>,
): Attachment
export function attach<Answer extends Awaitable<ConnectionAccept> = undefined, Paths extends string = string>(
  server: HttpServer,
  routes: Routes<DataOf<Answer>, Paths>,
  options: AttachHandlersOptions<Answer>,
): Attachment
export function attach(server: HttpServer, first: unknown, second?: unknown): Attachment {
  checkServer(server, 'attach')
  const { options = {}, routes } = optionsAndRoutes<AttachHandlersOptions>(first, second)
  checkOptions(options, attachHandlersOptions, 'attach')
  const { unmatched, unclaimedTimeout, clock, ...ofFactory } = options
  const factory = handlersOf(ofFactory, routes, 'attach')
  const place = { path: (path: string) => factory.hasRoute(path), unmatched, unclaimedTimeout, clock }
  const claims = factory.patterns.map(({ shape, text }) => [shape, text] as const)
  return attachAt(claims, factory, server, Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined)))
}

/** Refuses the option `path`, which users of other libraries and of `attachWS` write. */
const attachHandlersOptions: OptionChecks<AttachHandlersOptions & Pick<AttachOptions, 'path'>> = {
  ...attachOptions,
  path: optionCheck("left out, because routes have paths ({ '/chat': handler })", () => false),
  ...handlersOptions,
}
