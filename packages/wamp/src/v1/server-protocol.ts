import {
  ApiMisuse,
  type Awaitable,
  type ConnectionAccept,
  type ConnectionRequest,
  HttpException,
  WebSocketServerProtocol,
} from '@autobahn-ts/websocket/portable'
import { answerBinary, answerFault } from './answer-fault.ts'
import type { Delivery, DispatchOptions } from './dispatch.ts'
import { exportedPublishHandlers, exportedSubscribeHandlers, type Method } from './exported.ts'
import type { Uri } from './message.ts'
import { hubOf, type WampServerFactory } from './server-factory.ts'
import { ServerSession } from './server-session.ts'
import { type PublishHandler, type SubscribeHandler, TopicRules } from './topic-rules.ts'
import { type ClassOf, engine, methodOf, type WampProtocol, wampProtocol } from './wamp-protocol.ts'

/** What a topic is registered for, of `SUBSCRIBE` and `PUBLISH` or'd. */
export const TopicAccess = { SUBSCRIBE: 1, PUBLISH: 2, BOTH: 3 } as const

export interface TopicOptions {
  /** The rule is for all topics that begin with the URI. Default: for this one alone. */
  readonly prefixMatch?: boolean
}

export interface PubSubOptions extends TopicOptions {
  /** `TopicAccess.SUBSCRIBE`, `.PUBLISH` or both. Default: both. */
  readonly pubsub?: number
}

const base: typeof WebSocketServerProtocol & ClassOf<WampProtocol> = wampProtocol(WebSocketServerProtocol, 'server')

/**
 * The server's end of a WAMP connection: derive from it, and register procedures and topics in `onSessionOpen`.
 *
 * Nothing can be called, subscribed to or published that was not registered for this session. A topic has the rule that was registered for
 * it, else the one of the longest prefix. Overrides of `onOpen`, `onTextMessage` and `onConnect` call `super`; nothing else has to.
 */
export abstract class WampServerProtocol extends base {
  readonly #subscribeRules = new TopicRules()
  readonly #publishRules = new TopicRules()
  #session: ServerSession<WampServerProtocol> | undefined

  override get factory(): WampServerFactory {
    return super.factory as WampServerFactory
  }

  override get sessionId(): string | undefined {
    return this.#session?.id
  }

  /** Topics that this client has subscribed to. */
  get subscriptions(): ReadonlySet<Uri> {
    return this.#session?.topics ?? nothing
  }

  // ---- topics

  /** Opens a topic to this client. What was registered for the same URI before is replaced, a handler as well. */
  registerForPubSub(topicUri: Uri, options: PubSubOptions = {}): void {
    const { prefixMatch = false, pubsub = TopicAccess.BOTH } = options
    const rule = { uri: topicUri, prefixMatch, handler: undefined, object: undefined }
    if (pubsub & TopicAccess.SUBSCRIBE) this.#subscribeRules.add(rule)
    if (pubsub & TopicAccess.PUBLISH) this.#publishRules.add(rule)
  }

  /** Registers the methods of an object that have `@exportSub` or `@exportPub`, under `baseUri` and their ids. */
  registerHandlerForPubSub(object: object, baseUri: Uri = ''): void {
    const publish = exportedPublishHandlers(object)
    const subscribe = exportedSubscribeHandlers(object)
    if (publish.length + subscribe.length === 0) throw new ApiMisuse('the object has no method with @exportSub or @exportPub')
    for (const { id, method, prefixMatch } of publish) {
      this.registerHandlerForPub(baseUri + id, object, method, { prefixMatch })
    }
    for (const { id, method, prefixMatch } of subscribe) {
      this.registerHandlerForSub(baseUri + id, object, method, { prefixMatch })
    }
  }

  /**
   * Has a method decide who subscribes: it is given the registered part and the rest of the topic. Replaces the handler of the same URI.
   *
   * Publishing to this very URI is open, unless registered; to what begins with it, only where that is registered as well.
   */
  registerHandlerForSub(uri: Uri, object: object, handler: Method | string, options: TopicOptions = {}): void {
    const { prefixMatch = false } = options
    this.#subscribeRules.add({ uri, prefixMatch, handler: methodOf(object, handler), object })
    if (!this.#publishRules.has(uri)) this.#publishRules.add({ uri, prefixMatch: false, handler: undefined, object: undefined })
  }

  /** The same with a function. */
  registerHandlerProcedureForSub(uri: Uri, handler: SubscribeHandler, options?: TopicOptions): void {
    this.registerHandlerForSub(uri, {}, handler, options)
  }

  /**
   * Has a method see what is published, after the registered part and the rest of the topic: what it returns is dispatched, `undefined` drops
   * the event. Replaces the handler of the same URI.
   *
   * Subscribing to this very URI is open, unless registered; to what begins with it, only where that is registered as well.
   */
  registerHandlerForPub(uri: Uri, object: object, handler: Method | string, options: TopicOptions = {}): void {
    const { prefixMatch = false } = options
    this.#publishRules.add({ uri, prefixMatch, handler: methodOf(object, handler), object })
    if (!this.#subscribeRules.has(uri)) this.#subscribeRules.add({ uri, prefixMatch: false, handler: undefined, object: undefined })
  }

  /** The same with a function. */
  registerHandlerProcedureForPub(uri: Uri, handler: PublishHandler, options?: TopicOptions): void {
    this.registerHandlerForPub(uri, {}, handler, options)
  }

  /** Sends an event to all who have subscribed, this client included, whatever is registered for the topic. */
  dispatch(topicUri: Uri, event: unknown, options?: DispatchOptions<WampServerProtocol>): Delivery {
    return this.factory.dispatch(topicUri, event, options)
  }

  // ---- the connection

  /** Accepts clients that speak WAMP, and refuses others with 400. */
  override onConnect(request: ConnectionRequest): Awaitable<ConnectionAccept> {
    const chosen = request.protocols.find(protocol => this.factory.protocols.includes(protocol))
    if (chosen === undefined) throw new HttpException(400, `this server only speaks ${this.factory.protocols.join(', ')}`)
    return chosen
  }

  override onOpen(): Awaitable<void> {
    const { factory } = this
    const hub = hubOf(factory)
    this.#session = new ServerSession<WampServerProtocol>({
      id: hub.admit(this),
      protocol: this,
      rpc: this[engine],
      hub,
      subscribeRules: this.#subscribeRules,
      publishRules: this.#publishRules,
    })
    this.#session.open(factory.serverIdent)
  }

  override onMessage(_payload: Uint8Array, _isBinary: boolean): Awaitable<void> {
    answerBinary(this)
  }

  override onTextMessage(text: string): Awaitable<void> {
    try {
      return this.#session?.received(text)
    } catch (error) {
      answerFault(this, error)
    }
  }
}

const nothing: ReadonlySet<Uri> = new Set()
