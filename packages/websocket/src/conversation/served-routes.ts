import { checkedSubprotocols } from '../application/subprotocols.ts'
import { type Awaitable, afterwards } from '../bytes/awaitable.ts'
import type { ConnectionAccept, ConnectionRequest } from '../handshake/connection-request.ts'
import { acceptanceOf } from '../handshake/hook-values.ts'
import { anyValue, checkOptions, type OptionChecks } from '../protocol/checks/check-options.ts'
import { someFunction } from '../protocol/checks/option-values.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'
import type { PathParams } from '../routing/path-params.ts'
import { PathPattern } from '../routing/path-pattern.ts'
import { RouteTable } from '../routing/route-table.ts'
import type { Admission, Handler, Routes } from './route.ts'

/** The routes of a server, checked, in the form that serves requests. */
export class ServedRoutes {
  readonly patterns: readonly PathPattern[]
  readonly #table = new RouteTable<ServedRoute>()

  /**
   * `onConnect` decides for the routes without their own, and `where` is the function as callers know it. Throws `ApiMisuse` for routes that cannot be
   * reached or called.
   */
  constructor(routes: Routes, onConnect: Admission | undefined, where: string) {
    this.patterns = entriesOf(routes, where).map(([path, handler]) => {
      const pattern = new PathPattern(path)
      this.#table.add(pattern, new ServedRoute(pattern, optionsOf(path, handler), onConnect))
      return pattern
    })
  }

  /** Returns the route for the path of a request; `undefined` where there is none. */
  find(path: string): ServedRoute | undefined {
    return this.#table.find(path)
  }
}

/** A route as it is served: its handler, and the decision who may connect. */
export class ServedRoute {
  readonly handler: Handler
  readonly #pattern: PathPattern
  readonly #onConnect: Admission | undefined
  readonly #protocols: readonly string[] | undefined
  #hasReturnedAtOnce = false

  constructor(pattern: PathPattern, options: UncheckedRoute, onConnect: Admission | undefined) {
    this.handler = options.handler
    this.#pattern = pattern
    this.#onConnect = options.onConnect ?? onConnect
    this.#protocols = options.protocols && checkedSubprotocols(options.protocols)
  }

  /**
   * Decides about a request for this route. `protocols` are the server's, for a route without its own.
   *
   * Throws an `HttpException` 400 for a parameter that is not percent-encoded UTF-8, and what `onConnect` throws.
   */
  admit(request: ConnectionRequest, protocols: readonly string[]): Awaitable<ConnectionAccept> {
    const choice = request.protocols.find(protocol => (this.#protocols ?? protocols).includes(protocol))
    if (this.#onConnect === undefined) {
      this.#pattern.check(request.path)
      return choice
    }
    const answer = this.#onConnect(request, this.paramsOf(request.path))
    return choice === undefined ? answer : afterwards(answer, accept => withChoice(accept, request.protocols, choice))
  }

  /** Returns the parameters in the path of a request for this route. */
  paramsOf(path: string): PathParams {
    return this.#pattern.paramsOf(path)
  }

  /** Makes the error about a handler that has returned without a promise, the first time. */
  returnedAtOnce(): ApiMisuse | undefined {
    if (this.#hasReturnedAtOnce) return undefined
    this.#hasReturnedAtOnce = true
    return new ApiMisuse(
      `the handler of route ${this.#pattern.text} has returned without a promise, so its connection was closed at once: ` +
        'return a promise that lasts as long as the connection, such as ws.closed',
    )
  }
}

/** A handler with options, as an application without types may write it. */
interface UncheckedRoute {
  readonly handler: Handler
  readonly onConnect?: Admission | undefined
  readonly protocols?: readonly string[] | undefined
}

/** Returns the handlers with their paths. */
function entriesOf(routes: Routes, where: string): readonly (readonly [path: string, handler: unknown])[] {
  if (typeof routes === 'function') return [['*', routes]]
  if (typeof routes !== 'object' || routes === null) throw new ApiMisuse(`${where} needs a handler, or handlers by path`)
  if (Array.isArray(routes)) throw new ApiMisuse(`${where} takes handlers by path, and not a list of them: write { '/path': handler }`)
  const entries = Object.entries(routes)
  if (entries.length === 0) throw new ApiMisuse(`${where} needs at least one route: a handler, or handlers by path`)
  return entries
}

function optionsOf(path: string, handler: unknown): UncheckedRoute {
  if (typeof handler === 'function') return { handler: handler as Handler }
  if (typeof handler !== 'object' || handler === null)
    throw new ApiMisuse(`the handler of route ${path} must be a function, and not ${shownValue(handler)}`)
  checkOptions<UncheckedRoute>(handler, routeOptions, `route ${path}`)
  const options = handler as UncheckedRoute
  if (options.handler === undefined) throw new ApiMisuse(`route ${path} has no handler`)
  return options
}

const routeOptions: OptionChecks<UncheckedRoute> = { handler: someFunction, onConnect: someFunction, protocols: anyValue }

/** Adds the subprotocol to an answer of `onConnect` that accepts and names none. Any other answer is misuse, which the handshake finds. */
function withChoice(answer: ConnectionAccept, offered: readonly string[], choice: string): ConnectionAccept {
  const { protocol, headers, data } = acceptanceOf(answer, offered)
  return { protocol: protocol === '' ? choice : protocol, headers, data }
}
