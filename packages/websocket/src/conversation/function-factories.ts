import { type ClientFactoryOptions, WebSocketClientFactory } from '../application/client-factory.ts'
import { type ServerFactoryOptions, WebSocketServerFactory } from '../application/server-factory.ts'
import type { Octets } from '../bytes/octets.ts'
import { isRequestPath } from '../handshake/http/request-target.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import type { CommonOptions } from '../protocol/options/options.ts'
import { type Admission, ConversationProtocol, HandlerProtocol, type Routes } from './function-protocols.ts'
import type { CollectLimits } from './inbox.ts'

/**
 * Makes protocols that call handlers. Limits of size apply to messages that are collected; streams have none unless they were set
 * explicitly.
 */
export class HandlerFactory extends WebSocketServerFactory {
  readonly #routes: Routes
  readonly #limits: CollectLimits
  readonly #admit: Admission | undefined
  readonly #onError: ErrorReport | undefined

  constructor(url: string | undefined, routes: Routes, options: ServerFactoryOptions, onError?: ErrorReport, admit?: Admission) {
    super(url, options)
    checkRoutes(routes)
    this.#routes = routes
    this.#admit = admit
    this.#limits = limitsOf(this.options)
    this.#onError = onError
    this.setProtocolOptions(liftedLimits(options))
  }

  override buildProtocol(): HandlerProtocol {
    return new HandlerProtocol(this.#routes, this.#limits, this.#admit)
  }

  protected override get answersInMicrotasks(): boolean {
    return true
  }

  /** Settles `ping()` at once: it must not wait for messages that the application has not taken. */
  protected override pongCame(payload: Octets, protocol: HandlerProtocol): void {
    protocol.conversation.pongCame(payload)
  }

  protected override lastHooksWait(protocol: HandlerProtocol): void {
    protocol.conversation.takeAll()
  }

  override onError(...[error, protocol]: Parameters<WebSocketServerFactory['onError']>): void {
    if (this.#onError === undefined) super.onError(error, protocol)
    else this.#onError(error)
  }
}

/** Makes the protocols of clients in function style, with the same limits. */
export class ConversationFactory extends WebSocketClientFactory {
  readonly #limits: CollectLimits

  constructor(url: string, options: ClientFactoryOptions) {
    super(url, options)
    this.#limits = limitsOf(this.options)
    this.setProtocolOptions(liftedLimits(options))
  }

  override buildProtocol(): ConversationProtocol {
    return new ConversationProtocol(this.#limits)
  }

  protected override get answersInMicrotasks(): boolean {
    return true
  }

  /** Settles `ping()` at once: it must not wait for messages that the application has not taken. */
  protected override pongCame(payload: Octets, protocol: ConversationProtocol): void {
    protocol.conversation.pongCame(payload)
  }

  protected override lastHooksWait(protocol: ConversationProtocol): void {
    protocol.conversation.takeAll()
  }
}

/** Checks routes. Throws `ApiMisuse` for one that could never be reached, and for a handler that cannot be called. */
function checkRoutes(routes: Routes): void {
  if (typeof routes === 'function') return
  if (typeof routes !== 'object' || routes === null) throw new ApiMisuse('serve needs a handler, or handlers by path')
  if (Object.keys(routes).length === 0) throw new ApiMisuse('serve needs at least one route: a handler, or handlers by path')
  for (const [path, handler] of Object.entries(routes)) {
    if (path !== '*' && !path.startsWith('/')) throw new ApiMisuse(`route ${path} must begin with a slash, or be '*'`)
    if (path !== '*' && !isRequestPath(path))
      throw new ApiMisuse(`route ${path} never matches: paths of requests are escaped, and have no query`)
    if (typeof handler !== 'function') throw new ApiMisuse(`the handler of route ${path} must be a function, and not ${typeof handler}`)
  }
}

export type ErrorReport = (error: Error) => void

function limitsOf({ maxMessagePayloadSize, maxMessageFrames }: CollectLimits): CollectLimits {
  return { maxMessagePayloadSize, maxMessageFrames }
}

/**
 * The limits of the connection itself: only those that were set explicitly, because the memory of a stream does not depend on its length.
 */
function liftedLimits(given: Partial<Limits>): Partial<Limits> {
  const names = ['maxMessagePayloadSize', 'maxFramePayloadSize', 'maxMessageFrames'] as const
  return Object.fromEntries(names.map(name => [name, given[name] ?? 0]))
}

type Limits = Pick<CommonOptions, 'maxMessagePayloadSize' | 'maxFramePayloadSize' | 'maxMessageFrames'>
