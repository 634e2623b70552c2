import { type Awaitable, PeerMisbehaved } from '@autobahn-ts/websocket/portable'
import { afterwards, isPromise } from './awaiting.ts'
import { parsed } from './client-session.ts'
import { unclear, unlessError } from './hook-value.ts'
import {
  type List,
  PREFIX,
  type Prefix,
  PUBLISH,
  protocolVersion,
  SUBSCRIBE,
  type ToServer,
  UNSUBSCRIBE,
  type Uri,
  WELCOME,
} from './message.ts'
import { tooMuch, toServer } from './parse-message.ts'
import type { Rpc } from './rpc.ts'
import { beginSession, type SessionProtocol } from './session-protocol.ts'
import type { TopicMatch, TopicRule, TopicRules } from './topic-rules.ts'
import type { WampFactory } from './wamp-factory.ts'

/** What all sessions of a server share, as one of them sees it. */
export interface SessionHub<Protocol> {
  subscribed(protocol: Protocol, topic: Uri): void
  unsubscribed(protocol: Protocol, topic: Uri): void
  /** An event that may be sent on. `exclude` and `eligible` as they stand in the message. Throws what serialising throws. */
  published(publisher: Protocol, topic: Uri, event: unknown, exclude: unknown, eligible: unknown): void
  closed(protocol: Protocol): void
}

/** The server's side of one session: which topics are open to the client, and which it has subscribed to. */
export class ServerSession<Protocol extends SessionProtocol> {
  readonly id: string
  readonly #subscribeRules: TopicRules
  readonly #publishRules: TopicRules
  readonly #protocol: Protocol
  readonly #hub: SessionHub<Protocol>
  readonly #rpc: Rpc
  readonly #factory: WampFactory
  readonly #topics = new Set<Uri>()
  readonly #queue: InOrder

  constructor(parts: {
    readonly id: string
    readonly protocol: Protocol
    readonly rpc: Rpc
    readonly hub: SessionHub<Protocol>
    readonly subscribeRules: TopicRules
    readonly publishRules: TopicRules
  }) {
    this.id = parts.id
    this.#protocol = parts.protocol
    this.#rpc = parts.rpc
    this.#factory = parts.rpc.factory
    this.#hub = parts.hub
    this.#subscribeRules = parts.subscribeRules
    this.#publishRules = parts.publishRules
    this.#queue = new InOrder(error => this.#failed(error))
  }

  open(ident: string): void {
    // Not in `onClose`: an application overrides it and forgets `super`.
    void this.#protocol.closed.then(() => this.#wasClosed())
    this.#protocol.sendMessage(this.#factory.serialize([WELCOME, this.id, protocolVersion, ident]))
    beginSession(this.#protocol, this.#factory)
  }

  get topics(): ReadonlySet<Uri> {
    return this.#topics
  }

  received(text: string): Awaitable<void> {
    const factory = this.#factory
    const message = toServer(parsed(text, factory), factory.wampOptions.maxUriLength)
    if (!this.#rpc.received(message)) return this.#take(message)
  }

  /**
   * What concerns topics waits for an asynchronous handler before it, so that the order of one client is kept. A CURIE means what it meant
   * when it came.
   */
  #take(message: ToServer): Awaitable<void> {
    if (message[0] === PREFIX) return this.#define(message)
    const topic = this.#rpc.prefixes.resolveOrPass(message[1])
    const { maxQueuedMessages } = this.#factory.wampOptions
    if (this.#queue.isEmpty) return this.#queue.begun(this.#step(message, topic), maxQueuedMessages)
    return this.#queue.behind(() => this.#step(message, topic), maxQueuedMessages)
  }

  #step(message: ToServer, topic: Uri): Awaitable<void> {
    switch (message[0]) {
      case SUBSCRIBE:
        return this.#subscribe(topic)
      case UNSUBSCRIBE:
        return this.#unsubscribe(topic)
      case PUBLISH:
        return this.#publish(topic, message[2], message[3], message[4])
    }
  }

  /** Defining a prefix again replaces it. */
  #define([, prefix, uri]: Prefix): void {
    const { prefixes } = this.#rpc
    const { maxPrefixes } = this.#factory.wampOptions
    if (prefixes.size >= maxPrefixes && !prefixes.has(prefix)) throw tooMuch(`more than ${maxPrefixes} prefixes`)
    prefixes.set(prefix, uri)
  }

  #subscribe(topic: Uri): Awaitable<void> {
    const match = this.#subscribeRules.match(topic)
    if (match === undefined || this.#topics.has(topic)) return
    const { maxSubscriptions } = this.#factory.wampOptions
    if (this.#topics.size >= maxSubscriptions) throw tooMuch(`more than ${maxSubscriptions} subscriptions`)
    if (match.rule.handler === undefined) return this.#admit(topic)
    return afterwards(this.#isAllowed(match), isAllowed => (isAllowed ? this.#allowed(topic, match) : undefined))
  }

  /** A handler may have taken longer than the connection lived, or than its own registration. */
  #allowed(topic: Uri, { rule }: TopicMatch): Awaitable<void> {
    if (!this.#protocol.isOpen) return
    return this.#subscribeRules.match(topic)?.rule === rule ? this.#admit(topic) : this.#subscribe(topic)
  }

  #admit(topic: Uri): void {
    if (this.#topics.has(topic)) return
    this.#topics.add(topic)
    this.#hub.subscribed(this.#protocol, topic)
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
    if (this.#topics.delete(topic)) this.#hub.unsubscribed(this.#protocol, topic)
  }

  #publish(topic: Uri, event: unknown, exclude: unknown, eligible: unknown): Awaitable<void> {
    const match = this.#publishRules.match(topic)
    if (match === undefined) return
    if (match.rule.handler === undefined) return this.#passOn(topic, event, exclude, eligible, true)
    return afterwards(this.#changed(match, event), changed => {
      // Only `undefined` drops an event: 0, '' and empty lists are events like any other.
      if (changed === undefined || this.#publishRules.match(topic) === undefined) return
      this.#passOn(topic, changed, exclude, eligible, false)
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
  #passOn(topic: Uri, event: unknown, exclude: unknown, eligible: unknown, isAsItCame: boolean): void {
    try {
      this.#hub.published(this.#protocol, topic, event, exclude, eligible)
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
    for (const topic of this.#topics) this.#hub.unsubscribed(this.#protocol, topic)
    this.#topics.clear()
    this.#hub.closed(this.#protocol)
  }
}

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

/** Runs steps one after the other; those that come while one waits stand in a queue, and a long queue holds the reading. */
class InOrder {
  readonly #failed: (error: unknown) => void
  #last: Promise<void> | undefined
  #waiting = 0

  constructor(failed: (error: unknown) => void) {
    this.#failed = failed
  }

  get isEmpty(): boolean {
    return this.#last === undefined
  }

  /** The first step has been run. What is returned is to be waited for before the next message is read. */
  begun(result: Awaitable<void>, longest: number): Awaitable<void> {
    if (!isPromise(result)) return
    this.#wait(Promise.resolve(result))
    if (this.#waiting > longest) return this.#last
  }

  /** The same for one that has others before it. */
  behind(step: () => Awaitable<void>, longest: number): Awaitable<void> {
    this.#wait(Promise.resolve(this.#last).then(step))
    if (this.#waiting > longest) return this.#last
  }

  #wait(result: Promise<void>): void {
    this.#waiting++
    const settled = result.catch(this.#failed).then(() => {
      this.#waiting--
      if (this.#last === settled) this.#last = undefined
    })
    this.#last = settled
  }
}
