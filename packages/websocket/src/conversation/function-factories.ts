import { type ClientFactoryOptions, WebSocketClientFactory } from '../application/client-factory.ts'
import { type ServerFactoryOptions, WebSocketServerFactory } from '../application/server-factory.ts'
import type { Octets } from '../bytes/octets.ts'
import type { CommonOptions } from '../protocol/options/options.ts'
import type { PathPattern } from '../routing/path-pattern.ts'
import { ConversationProtocol, HandlerProtocol } from './function-protocols.ts'
import type { CollectLimits } from './inbox.ts'
import type { Admission, Routes } from './route.ts'
import { ServedRoutes } from './served-routes.ts'

/**
 * Makes protocols that call handlers. Limits of size apply to messages that are collected; streams have none unless they were set
 * explicitly.
 */
export class HandlerFactory extends WebSocketServerFactory {
  readonly routes: ServedRoutes
  /** Limits of messages that are collected whole. */
  readonly limits: CollectLimits
  readonly #onError: ErrorReport | undefined

  /** `where` is the function that makes the factory, as callers know it. */
  constructor(
    url: string | undefined,
    routes: Routes,
    options: ServerFactoryOptions,
    onError?: ErrorReport,
    onConnect?: Admission,
    where: string = 'serve',
  ) {
    super(url, options)
    this.routes = new ServedRoutes(routes, onConnect, where)
    this.limits = limitsOf(this.options)
    this.#onError = onError
    this.setProtocolOptions(liftedLimits(options))
  }

  override buildProtocol(): HandlerProtocol {
    return new HandlerProtocol()
  }

  /** The patterns of the routes. */
  get patterns(): readonly PathPattern[] {
    return this.routes.patterns
  }

  /** Tells whether a path has a route. */
  hasRoute(path: string): boolean {
    return this.routes.find(path) !== undefined
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

/** The options of a client in function style: those of a client factory, and one that it does not have. */
export interface ConversationOptions extends Omit<ClientFactoryOptions, 'protocol' | 'build'> {
  /**
   * Whether the server must choose one of `protocols`, where any were offered. Without a choice connecting fails, as it does on a page; `false`
   * takes the connection, and its `subprotocol` is empty (RFC 6455 §4.1 allows both; decision 107). Default: true.
   */
  readonly requireProtocol?: boolean
}

/** Makes the protocols of clients in function style, with the same limits. */
export class ConversationFactory extends WebSocketClientFactory {
  readonly #limits: CollectLimits
  /** The subprotocols of which the server must choose one; empty where it need not. */
  readonly #needed: readonly string[]

  /** Throws `ApiMisuse` for options that are wrong. */
  constructor(url: string, options: ConversationOptions) {
    const { requireProtocol, ...ofFactory } = options
    super(url, ofFactory)
    this.#needed = requireProtocol === false ? [] : (options.protocols ?? [])
    this.#limits = limitsOf(this.options)
    this.setProtocolOptions(liftedLimits(options))
  }

  override buildProtocol(): ConversationProtocol {
    return new ConversationProtocol(this.#limits, this.#needed)
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
