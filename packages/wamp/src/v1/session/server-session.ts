import { type Awaitable, afterwards, isPromise, PeerMisbehaved } from '@autobahn-ts/websocket/portable'
import { tooMuch } from '../../faults/peer-fault.ts'
import { unclear, unlessError } from '../../hooks/hook-value.ts'
import { measureText } from '../../serializers/measure-text.ts'
import { parsed, serialized } from '../../serializers/serializer.ts'
import { InOrder } from '../../work/in-order.ts'
import type { SessionWork } from '../../work/session-work.ts'
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
import { beginSession, type SessionProtocol } from './session-protocol.ts'

/** The server's side of one session: which topics are open to the client, and which it has subscribed to. */
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
  /** Letters of the prefixes and topics that this session keeps. */
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
    // Not in `onClose`: an application overrides it and forgets `super`.
    void this.#protocol.closed.then(() => this.#wasClosed())
    this.#protocol.sendMessage(serialized(this.#factory, [WELCOME, this.id, protocolVersion, ident]))
    beginSession(this.#protocol, this.#factory)
  }

  get topics(): ReadonlySet<Uri> {
    return this.#topics
  }

  /**
   * Takes a message. Returns what is to be waited for before the next one is read.
   *
   * SUBSCRIBE, UNSUBSCRIBE and PUBLISH wait for an asynchronous handler before them, so that the order of one client is kept. A CURIE means
   * what it meant when it came.
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

  /** Takes a message about a topic now, or behind those before it that are not done. */
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
   * Throws above the limit of all sessions together: the connection closes with 1013. WAMP 1 has no answer to a publication that could ask the
   * client to try again later.
   */
  #checkRoom(size: number): void {
    if (!this.#work.isFactoryAboveLimit(size)) return
    throw new PeerMisbehaved(tryAgainLater, 'the server has too much in work')
  }

  /** Defining a prefix again replaces it. */
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

  /** `size`: octets that the message will take if it has to wait for a handler; 0 where they are counted already. */
  #subscribe(topic: Uri, size = 0): Awaitable<void> {
    const match = this.#subscribeRules.match(topic)
    if (match === undefined || this.#topics.has(topic)) return
    const { maxSubscriptions } = this.#factory.wampOptions
    if (this.#topics.size >= maxSubscriptions) throw tooMuch(`more than ${maxSubscriptions} subscriptions`)
    if (match.rule.handler === undefined) return this.#admit(topic)
    this.#checkRoom(size)
    return afterwards(this.#isAllowed(match), isAllowed => (isAllowed ? this.#allowed(topic, match) : undefined))
  }

  /** A handler may have taken longer than the connection lived, or than its own registration. */
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

  /** Ends subscriptions that the rules do not allow any more. `added` is a new rule: its handler is asked about those that it stands for. */
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
   * `isAsItCame`: not made by a handler. What came as JSON and cannot leave as JSON is nested deeper than the stack is, which is the peer's
   * fault; anything else is the application's, and is reported as what a handler throws, and the event dropped.
   */
  #passOn(topic: Uri, event: unknown, message: Publish, isAsItCame: boolean): void {
    try {
      this.#broker.published(this.#protocol, topic, event, message[3], message[4])
    } catch (error) {
      if (isAsItCame && error instanceof RangeError) throw tooMuch('the event is nested too deep')
      this.#factory.noteError(error, this.#protocol)
    }
  }

  /** In a step that had to wait: the peer's fault closes its connection, anything else is the application's. */
  #failed(error: unknown): void {
    if (error instanceof PeerMisbehaved) this.#protocol.failConnection(error.closeCode, error.message, error)
    else this.#factory.noteError(error, this.#protocol)
  }

  /** Asks the handler of a rule. If it throws, rejects, or gives a value that `read` throws at, the error is reported and it has refused. */
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

/** The messages that are taken in the order in which they come. */
type AboutTopic = Subscribe | Unsubscribe | Publish

/** A method of the session that takes such a message. `topic` is its URI, `size` what it takes if it has to wait for a handler. */
type Step<Message extends AboutTopic> = (topic: Uri, size: number, message: Message) => Awaitable<void>

/** Reads the answer of a subscribe handler: nothing but `true` lets a client in. */
function isAcceptance(uri: Uri, answer: unknown): boolean {
  if (answer === true) return true
  if (unlessError(answer) === false || answer === undefined || answer === null) return false
  throw unclear(`the subscribe handler of ${uri}`, answer, 'return true to allow, false to refuse')
}

/**
 * Reads the answer of a publish handler, which is the event to dispatch. `null` and `false` may be meant as a refusal, and functions and
 * symbols would arrive as `null`: they are events only where they are what was published.
 */
function eventIn(uri: Uri, answer: unknown, published: unknown): unknown {
  const isDoubtful = answer === null || answer === false || typeof answer === 'function' || typeof answer === 'symbol'
  if (!isDoubtful || answer === published) return unlessError(answer)
  throw unclear(`the publish handler of ${uri}`, answer, 'return the event, undefined to drop it; dispatch() sends any other value')
}

/** Try again later, of the registry of RFC 6455 §11.7. */
const tryAgainLater = 1013
