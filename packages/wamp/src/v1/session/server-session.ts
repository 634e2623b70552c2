import { type Awaitable, afterwards, isPromise, PeerMisbehaved } from '@autobahn-ts/websocket/portable'
import { tooMuch } from '../../faults/peer-fault.ts'
import { unclear, unlessError } from '../../hooks/hook-value.ts'
import { InOrder } from '../../workload/in-order.ts'
import type { SessionWork } from '../../workload/session-work.ts'
import {
  CALL,
  CALLERROR,
  CALLRESULT,
  type List,
  PREFIX,
  type Prefix,
  PUBLISH,
  type Publish,
  protocolVersion,
  SUBSCRIBE,
  type Subscribe,
  UNSUBSCRIBE,
  type Unsubscribe,
  type Uri,
  WELCOME,
} from '../messages/message.ts'
import { toServer } from '../messages/parse-message.ts'
import type { WampFactory } from '../ports/wamp-factory.ts'
import type { Broker } from '../pubsub/broker.ts'
import type { TopicMatch, TopicRule, TopicRules } from '../pubsub/topic-rules.ts'
import type { Rpc } from '../rpc/rpc.ts'
import { measureText } from '../serializers/measure-text.ts'
import { parsed, serialized } from '../serializers/serializer.ts'
import { beginSession, type SessionProtocol } from './session-protocol.ts'

/** The server's side of one session. Takes the client's messages, and knows the topics that it may use and has subscribed to. */
export class ServerSession<Protocol extends SessionProtocol> {
  readonly id: string
  readonly #subscribeRules: TopicRules
  readonly #publishRules: TopicRules
  readonly #protocol: Protocol
  readonly #broker: Broker<Protocol>
  readonly #rpc: Rpc
  readonly #factory: WampFactory
  readonly #topics = new Set<Uri>()
  readonly #work: SessionWork
  readonly #queue: InOrder
  /** The number of letters of the prefixes and topics that this session keeps. */
  #names = 0

  constructor(parts: {
    readonly id: string
    readonly protocol: Protocol
    readonly rpc: Rpc
    readonly broker: Broker<Protocol>
    readonly subscribeRules: TopicRules
    readonly publishRules: TopicRules
  }) {
    this.id = parts.id
    this.#protocol = parts.protocol
    this.#rpc = parts.rpc
    this.#factory = parts.rpc.factory
    this.#broker = parts.broker
    this.#subscribeRules = parts.subscribeRules
    this.#publishRules = parts.publishRules
    this.#work = parts.rpc.work
    this.#queue = new InOrder(
      this.#work,
      error => this.#failed(error),
      () => parts.protocol.closeInfo !== undefined,
    )
  }

  open(ident: string): void {
    // Not in `onClose`: applications override it and may forget `super`.
    void this.#protocol.closed.then(() => this.#wasClosed())
    this.#protocol.sendMessage(serialized(this.#factory, [WELCOME, this.id, protocolVersion, ident]))
    beginSession(this.#protocol, this.#factory)
  }

  get topics(): ReadonlySet<Uri> {
    return this.#topics
  }

  /**
   * Takes a message. Returns a promise if the next message must not be read before it resolves.
   *
   * SUBSCRIBE, UNSUBSCRIBE and PUBLISH wait for an earlier asynchronous handler, so that the messages of one client are handled in order. A
   * CURIE is resolved when it is received.
   */
  received(text: string): Awaitable<void> {
    const factory = this.#factory
    const size = measureText(text, factory.wampOptions)
    const message = toServer(parsed(factory, text), factory.wampOptions.maxUriLength)
    switch (message[0]) {
      case PREFIX:
        return this.#define(message)
      case SUBSCRIBE:
        return this.#inOrder(this.#subscribe, message, size)
      case UNSUBSCRIBE:
        return this.#inOrder(this.#unsubscribe, message, size)
      case PUBLISH:
        return this.#inOrder(this.#publish, message, size)
      case CALL:
        return this.#rpc.takeCall(message, size)
      case CALLRESULT:
        return this.#rpc.takeResult(message)
      case CALLERROR:
        return this.#rpc.takeError(message)
    }
  }

  /** Handles a message about a topic now, or after earlier ones that have not finished. */
  #inOrder<Message extends AboutTopic>(step: Step<Message>, message: Message, size: number): Awaitable<void> {
    const topic = this.#rpc.resolved(message[1])
    if (!this.#queue.isEmpty) return this.#later(step, topic, message, size)
    return this.#queue.begun(step.call(this, topic, size, message), size, this.#factory.wampOptions.maxQueuedMessages)
  }

  #later<Message extends AboutTopic>(step: Step<Message>, topic: Uri, message: Message, size: number): Awaitable<void> {
    this.#checkRoom(size)
    return this.#queue.behind(() => step.call(this, topic, 0, message), size, this.#factory.wampOptions.maxQueuedMessages)
  }

  /**
   * Throws `PeerMisbehaved` (1013) if all sessions together are above their limit. WAMP 1 has no answer to a publication that could ask the
   * client to try again later.
   */
  #checkRoom(size: number): void {
    if (!this.#work.isFactoryAboveLimit(size)) return
    throw new PeerMisbehaved(tryAgainLater, 'the server has too much work in progress')
  }

  /** Defines a prefix, or replaces it. */
  #define([, prefix, uri]: Prefix): void {
    const { prefixes } = this.#rpc
    const { maxPrefixes } = this.#factory.wampOptions
    const before = prefixes.uriOf(prefix)
    if (prefixes.size >= maxPrefixes && before === undefined) throw tooMuch(`more than ${maxPrefixes} prefixes`)
    this.#keepName(uri.length + (before === undefined ? prefix.length : -before.length))
    prefixes.set(prefix, uri)
  }

  #keepName(letters: number): void {
    const { maxNamesSize } = this.#factory.wampOptions
    if (this.#names + letters > maxNamesSize) throw tooMuch(`prefixes and topics of more than ${maxNamesSize} letters`)
    this.#names += letters
  }

  /** `size`: octets that the message will take if it waits for a handler; 0 if they are counted already. */
  #subscribe(topic: Uri, size = 0): Awaitable<void> {
    const match = this.#subscribeRules.match(topic)
    if (match === undefined || this.#topics.has(topic)) return
    const { maxSubscriptions } = this.#factory.wampOptions
    if (this.#topics.size >= maxSubscriptions) throw tooMuch(`more than ${maxSubscriptions} subscriptions`)
    if (match.rule.handler === undefined) return this.#admit(topic)
    this.#checkRoom(size)
    return afterwards(this.#isAllowed(match), isAllowed => (isAllowed ? this.#allowed(topic, match) : undefined))
  }

  /** Subscribes after a handler has allowed it. Meanwhile the connection may have closed, or the handler may have been replaced. */
  #allowed(topic: Uri, { rule }: TopicMatch): Awaitable<void> {
    if (!this.#protocol.isOpen) return
    return this.#subscribeRules.match(topic)?.rule === rule ? this.#admit(topic) : this.#subscribe(topic)
  }

  #admit(topic: Uri): void {
    if (this.#topics.has(topic)) return
    this.#keepName(topic.length)
    this.#topics.add(topic)
    this.#broker.subscribed(this.#protocol, topic)
  }

  /**
   * Ends subscriptions that the rules no longer allow. `added` is a new rule, whose handler is asked about the topics that it applies to.
   */
  reviewSubscriptions(added?: TopicRule): void {
    for (const topic of [...this.#topics]) {
      const match = this.#subscribeRules.match(topic)
      if (match === undefined) this.#unsubscribe(topic)
      else if (match.rule === added && added.handler !== undefined) this.#review(topic, match)
    }
  }

  #review(topic: Uri, match: TopicMatch): void {
    const asked = afterwards(this.#isAllowed(match), isAllowed => {
      if (!isAllowed && this.#subscribeRules.match(topic)?.rule === match.rule) this.#unsubscribe(topic)
    })
    if (isPromise(asked)) Promise.resolve(asked).catch(error => this.#failed(error))
  }

  #unsubscribe(topic: Uri): void {
    if (!this.#topics.delete(topic)) return
    this.#names -= topic.length
    this.#broker.unsubscribed(this.#protocol, topic)
  }

  /** `size` as for `#subscribe`. */
  #publish(topic: Uri, size: number, message: Publish): Awaitable<void> {
    const match = this.#publishRules.match(topic)
    if (match === undefined) return
    if (match.rule.handler === undefined) return this.#passOn(topic, message[2], message, true)
    this.#checkRoom(size)
    return afterwards(this.#changed(match, message[2]), changed => {
      // Only `undefined` drops an event: 0, '' and empty lists are events like any other.
      if (changed === undefined || this.#protocol.closeInfo !== undefined || this.#publishRules.match(topic) === undefined) return
      this.#passOn(topic, changed, message, false)
    })
  }

  /** Asks the handler of a topic about a subscription. */
  #isAllowed(match: TopicMatch): Awaitable<boolean> {
    return this.#ask(match, [], answer => isAcceptance(match.rule.uri, answer), false)
  }

  /** Asks the handler of a topic for the event to dispatch; `undefined` drops it. */
  #changed(match: TopicMatch, event: unknown): Awaitable<unknown> {
    return this.#ask(match, [event], answer => eventIn(match.rule.uri, answer, event), undefined)
  }

  /**
   * Passes an event to the broker. Drops it and reports the error if it cannot be serialized.
   *
   * `isAsItCame`: the event was not made by a handler. Such an event fails only if it is nested deeper than the stack allows, which is the
   * peer's fault.
   */
  #passOn(topic: Uri, event: unknown, message: Publish, isAsItCame: boolean): void {
    try {
      this.#broker.published(this.#protocol, topic, event, message[3], message[4])
    } catch (error) {
      if (isAsItCame && error instanceof RangeError) throw tooMuch('the event is nested too deep')
      this.#factory.noteError(error, this.#protocol)
    }
  }

  /** Takes the error of a step that had to wait. A fault of the peer closes its connection; any other error is reported. */
  #failed(error: unknown): void {
    if (error instanceof PeerMisbehaved) this.#protocol.failConnection(error.closeCode, error.message, error)
    else this.#factory.noteError(error, this.#protocol)
  }

  /**
   * Asks the handler of a rule. Returns `refusal`, and reports the error, if the handler throws or rejects, or if `read` throws for its
   * answer.
   */
  #ask<Answer>({ rule, prefix, suffix }: TopicMatch, event: List, read: (answer: unknown) => Answer, refusal: Answer): Awaitable<Answer> {
    const refused = (error: unknown): Answer => {
      this.#factory.noteError(error, this.#protocol)
      return refusal
    }
    try {
      const answer = rule.handler?.call(rule.object, prefix, suffix, ...event)
      return isPromise(answer) ? Promise.resolve(answer).then(read).catch(refused) : read(answer)
    } catch (error) {
      return refused(error)
    }
  }

  #wasClosed(): void {
    this.#queue.stop()
    this.#work.closed()
    for (const topic of this.#topics) this.#broker.unsubscribed(this.#protocol, topic)
    this.#topics.clear()
    this.#broker.closed(this.#protocol)
  }
}

/** The messages that are handled in the order in which they are received. */
type AboutTopic = Subscribe | Unsubscribe | Publish

/**
 * A method of the session that handles such a message. `topic` is its URI, `size` the octets that it will take if it waits for a handler.
 */
type Step<Message extends AboutTopic> = (topic: Uri, size: number, message: Message) => Awaitable<void>

/** Reads the answer of a subscribe handler: only `true` allows the subscription. */
function isAcceptance(uri: Uri, answer: unknown): boolean {
  if (answer === true) return true
  if (unlessError(answer) === false || answer === undefined || answer === null) return false
  throw unclear(`the subscribe handler of ${uri}`, answer, 'return true to allow, false to refuse')
}

/**
 * Reads the answer of a publish handler, which is the event to dispatch. `null` and `false` may be meant as refusals, and functions and
 * symbols would arrive as `null`, so they are dispatched only if they are the event that was published.
 */
function eventIn(uri: Uri, answer: unknown, published: unknown): unknown {
  const isDoubtful = answer === null || answer === false || typeof answer === 'function' || typeof answer === 'symbol'
  if (!isDoubtful || answer === published) return unlessError(answer)
  throw unclear(`the publish handler of ${uri}`, answer, 'return the event, undefined to drop it; dispatch() sends any other value')
}

/** The close code "Try Again Later", from the registry of RFC 6455 §11.7. */
const tryAgainLater = 1013
