import {
  ApiMisuse,
  type Awaitable,
  type ConnectionAccept,
  type ConnectionRequest,
  checkOptions,
  HttpException,
  type OptionChecks,
  optionCheck,
  WebSocketServerProtocol,
} from '@autobahn-ts/websocket/portable'
import { aBoolean } from '../../checks/option-checks.ts'
import { type Method, methodOf } from '../../hooks/method.ts'
import type { Grant, Right } from '../auth/grants.ts'
import type { Uri } from '../messages/message.ts'
import { answerBinary, answerFault } from '../ports/message-tier.ts'
import type { Delivery, DispatchOptions } from '../pubsub/broker.ts'
import { type PublishHandler, type SubscribeHandler, type TopicRule, TopicRules } from '../pubsub/topic-rules.ts'
import { ServerSession } from '../session/server-session.ts'
import { type ExportedMethod, exportedPublishHandlers, exportedSubscribeHandlers } from './exported.ts'
import { broker, keepRegistrations, setRights } from './internal-keys.ts'
import type { WampServerFactory } from './server-factory.ts'
import { type ClassOf, engine, type WampProtocol, wampProtocol } from './wamp-protocol.ts'

/** The values of the option `pubsub` of `registerForPubSub`. */
export const TopicAccess = { SUBSCRIBE: 1, PUBLISH: 2, BOTH: 3 } as const

export interface TopicOptions {
  /** Whether the rule is for all topics that begin with the URI. Default: false, for exactly this topic. */
  readonly prefixMatch?: boolean
}

export interface PubSubOptions extends TopicOptions {
  /** `TopicAccess.SUBSCRIBE`, `.PUBLISH` or both. Default: both. */
  readonly pubsub?: number
}

const base: typeof WebSocketServerProtocol & ClassOf<WampProtocol> = wampProtocol(WebSocketServerProtocol, 'server')

/**
 * The server's end of a WAMP connection. Derive a class from it, and register procedures and topics in `onSessionOpen`.
 *
 * A client can call, subscribe to and publish only what is registered for its session. For a topic the rule with its exact URI decides,
 * else the one with the longest prefix. Overrides of `onOpen`, `onTextMessage` and `onConnect` must call `super`; others need not.
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

  /** The topics that this client is subscribed to. */
  get subscriptions(): ReadonlySet<Uri> {
    return this.#session?.topics ?? nothing
  }

  // ---- topics

  /**
   * Allows this client to subscribe and publish to a topic. Replaces everything that was registered for this URI, including handlers.
   *
   * `pubsub: TopicAccess.SUBSCRIBE` refuses publishing, also if a shorter prefix allows it, and vice versa. A subscription of the client
   * that is no longer allowed ends.
   */
  registerForPubSub(topicUri: Uri, options: PubSubOptions = {}): void {
    checkOptions<PubSubOptions>(options, pubSubOptions, 'registerForPubSub')
    const { prefixMatch = false, pubsub = TopicAccess.BOTH } = options
    const right = prefixMatch ? 'prefix' : 'exact'
    const publish = pubsub & TopicAccess.PUBLISH ? right : 'none'
    this[setRights]({ uri: topicUri, publish, subscribe: pubsub & TopicAccess.SUBSCRIBE ? right : 'none' })
  }

  /**
   * Removes everything that was registered for a URI: both rights, and handlers. Returns false if nothing was registered.
   *
   * A subscription of the client that is no longer allowed ends.
   */
  unregisterForPubSub(topicUri: Uri): boolean {
    const wasPublishing = this.#publishRules.remove(topicUri)
    const wasSubscribing = this.#subscribeRules.remove(topicUri)
    this.#session?.reviewSubscriptions()
    return wasPublishing || wasSubscribing
  }

  /** Registers the methods of an object that have `@exportSub` or `@exportPub`, under `baseUri` and their ids. */
  registerHandlerForPubSub(object: object, baseUri: Uri = ''): void {
    const { publish, subscribe } = exportedHandlers(object)
    for (const { id, method, prefixMatch } of publish) {
      this.registerHandlerForPub(baseUri + id, object, method, { prefixMatch })
    }
    for (const { id, method, prefixMatch } of subscribe) {
      this.registerHandlerForSub(baseUri + id, object, method, { prefixMatch })
    }
  }

  /** Removes the handlers that `registerHandlerForPubSub` has registered for this object and `baseUri`. */
  unregisterHandlerForPubSub(object: object, baseUri: Uri = ''): void {
    const { publish, subscribe } = exportedHandlers(object)
    for (const { id } of publish) this.unregisterHandlerForPub(baseUri + id)
    for (const { id } of subscribe) this.unregisterHandlerForSub(baseUri + id)
  }

  /**
   * Registers a method that decides whether this client may subscribe. It receives the registered part and the rest of the topic, and only
   * `true` allows the subscription. Replaces the handler of this URI.
   *
   * Publishing to exactly this URI is allowed too, unless a rule for publishing applies to it. Publishing to longer URIs needs its own
   * registration.
   */
  registerHandlerForSub(uri: Uri, object: object, handler: Method | string, options: TopicOptions = {}): void {
    checkOptions<TopicOptions>(options, topicOptions, 'registerHandlerForSub')
    const { prefixMatch = false } = options
    this.#setSubscribeRule({ uri, prefixMatch, handler: methodOf(object, handler), object })
    this.#publishRules.imply(uri)
  }

  /** Registers a function that decides whether this client may subscribe, as `registerHandlerForSub` registers a method. */
  registerHandlerProcedureForSub(uri: Uri, handler: SubscribeHandler, options?: TopicOptions): void {
    this.registerHandlerForSub(uri, {}, handler, options)
  }

  /**
   * Removes the right to subscribe to a URI, however it was registered, and the right to publish that came with a handler. Returns false if
   * nothing was registered.
   */
  unregisterHandlerForSub(uri: Uri): boolean {
    const wasImplied = this.#publishRules.removeImplied(uri)
    const wasRegistered = this.#subscribeRules.remove(uri)
    this.#session?.reviewSubscriptions()
    return wasRegistered || wasImplied
  }

  /**
   * Registers a method that receives the events that this client publishes. Its arguments are the registered part of the topic, the rest of
   * the topic, and the event; its result is dispatched instead of the event. `undefined` drops the event. Replaces the handler of this URI.
   *
   * A returned error counts as thrown. `null` and `false` are dispatched only if the client published them. Otherwise they may be meant as
   * a refusal, so they drop the event and are reported, as are values that are not JSON.
   *
   * Subscribing to exactly this URI is allowed too, unless a rule for subscribing applies to it. Subscribing to longer URIs needs its own
   * registration.
   */
  registerHandlerForPub(uri: Uri, object: object, handler: Method | string, options: TopicOptions = {}): void {
    checkOptions<TopicOptions>(options, topicOptions, 'registerHandlerForPub')
    const { prefixMatch = false } = options
    this.#publishRules.add({ uri, prefixMatch, handler: methodOf(object, handler), object })
    this.#subscribeRules.imply(uri)
  }

  /** Registers a function that receives the events that this client publishes, as `registerHandlerForPub` registers a method. */
  registerHandlerProcedureForPub(uri: Uri, handler: PublishHandler, options?: TopicOptions): void {
    this.registerHandlerForPub(uri, {}, handler, options)
  }

  /**
   * Removes the right to publish to a URI, however it was registered, and the right to subscribe that came with a handler. Returns false if
   * nothing was registered.
   */
  unregisterHandlerForPub(uri: Uri): boolean {
    const wasImplied = this.#subscribeRules.removeImplied(uri)
    const wasRegistered = this.#publishRules.remove(uri)
    this.#session?.reviewSubscriptions()
    return wasRegistered || wasImplied
  }

  /** Sends an event to all subscribers of a topic, this client included, whatever is registered for the topic. */
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
    const { [broker]: ownBroker, serverIdent } = this.factory
    this.#session = new ServerSession<WampServerProtocol>({
      id: ownBroker.admit(this),
      protocol: this,
      rpc: this[engine],
      broker: ownBroker,
      subscribeRules: this.#subscribeRules,
      publishRules: this.#publishRules,
    })
    this.#session.open(serverIdent)
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

  /** @internal */
  [keepRegistrations](): () => void {
    const setBack = [this.#subscribeRules.keep(), this.#publishRules.keep(), this[engine].procedures.keep()]
    return () => {
      for (const setOneBack of setBack) setOneBack()
      this.#session?.reviewSubscriptions()
    }
  }

  /** Sets the rules of both rights. A right that is not granted is refused for the same topics as the granted one. @internal */
  [setRights]({ uri, publish, subscribe }: Grant): void {
    const rule = { uri, handler: undefined, object: undefined }
    const isPrefix = publish === 'prefix' || subscribe === 'prefix'
    const ruleFor = (right: Right): TopicRule =>
      right === 'none' ? { ...rule, prefixMatch: isPrefix, isRefusal: true } : { ...rule, prefixMatch: right === 'prefix' }
    this.#publishRules.add(ruleFor(publish))
    this.#setSubscribeRule(ruleFor(subscribe))
  }

  #setSubscribeRule(rule: TopicRule): void {
    this.#subscribeRules.add(rule)
    this.#session?.reviewSubscriptions(rule)
  }
}

const topicOptions: OptionChecks<TopicOptions> = { prefixMatch: aBoolean }
const pubSubOptions: OptionChecks<PubSubOptions> = {
  prefixMatch: aBoolean,
  pubsub: optionCheck('TopicAccess.SUBSCRIBE, .PUBLISH or .BOTH', value => value === 1 || value === 2 || value === 3),
}

/** Finds the decorated handlers of an object. Throws `ApiMisuse` if there are none. */
function exportedHandlers(object: object): { publish: ExportedMethod[]; subscribe: ExportedMethod[] } {
  const [publish, subscribe] = [exportedPublishHandlers(object), exportedSubscribeHandlers(object)]
  if (publish.length + subscribe.length === 0) throw new ApiMisuse('the object has no method with @exportSub or @exportPub')
  return { publish, subscribe }
}

const nothing: ReadonlySet<Uri> = new Set()
