import { type Awaitable, ConnectionClosed, isPromise, Settlement } from '@autobahn-ts/websocket/portable'
import { checkText } from '../../checks/check-names.ts'
import { malformed } from '../../faults/peer-fault.ts'
import { notify } from '../../hooks/notify.ts'
import { EventsInWork } from '../../workload/events-in-work.ts'
import {
  CALL,
  CALLERROR,
  CALLRESULT,
  EVENT,
  type List,
  PREFIX,
  PUBLISH,
  SUBSCRIBE,
  UNSUBSCRIBE,
  type Uri,
  WELCOME,
  type Welcome,
} from '../messages/message.ts'
import { toClient } from '../messages/parse-message.ts'
import { isNewPrefix } from '../messages/prefix-map.ts'
import { sendUnskipped } from '../ports/message-tier.ts'
import { type PublishOptions, receiversIn } from '../pubsub/receivers.ts'
import { type EventHandler, TopicHandlers } from '../pubsub/topic-handlers.ts'
import type { Rpc } from '../rpc/rpc.ts'
import { measureText } from '../serializers/measure-text.ts'
import { parsed, serializedFor } from '../serializers/serializer.ts'
import { beginSession, type SessionProtocol } from './session-protocol.ts'

/** The client's side of one session. Takes the server's messages, and knows the subscriptions and the server's WELCOME. */
export class ClientSession {
  readonly #host: SessionProtocol
  readonly #rpc: Rpc
  readonly #handlers = new TopicHandlers()
  #welcome: Welcome | undefined
  readonly #opened = new Settlement<void>()
  #events: EventsInWork | undefined
  #isWatching = false

  constructor(host: SessionProtocol, rpc: Rpc) {
    this.#host = host
    this.#rpc = rpc
  }

  get sessionId(): string | undefined {
    return this.#welcome?.[1]
  }

  get protocolVersion(): number | undefined {
    return this.#welcome?.[2] ?? undefined
  }

  get server(): string | undefined {
    return this.#welcome?.[3] ?? undefined
  }

  /** Resolves when the session is open; rejects with `ConnectionClosed` when the connection is gone before. */
  get opened(): Promise<void> {
    this.#watch()
    return this.#opened.promise
  }

  /** Takes a message. Returns a promise if the next message must not be read before it resolves. */
  received(text: string): Awaitable<void> {
    this.#watch()
    const { factory } = this.#rpc
    const size = measureText(text, factory.wampOptions)
    const message = toClient(parsed(factory, text), factory.wampOptions.maxUriLength)
    switch (message[0]) {
      case WELCOME:
        return this.#welcomed(message)
      case EVENT:
        return this.#happened(message[1], message[2], size)
      case CALL:
        return this.#rpc.takeCall(message, size)
      case CALLRESULT:
        return this.#rpc.takeResult(message)
      case CALLERROR:
        return this.#rpc.takeError(message)
    }
  }

  /** Watches for the end of the connection. Not in `onOpen` or `onClose`: applications override them and may forget `super`. */
  #watch(): void {
    if (this.#isWatching) return
    this.#isWatching = true
    void this.#host.closed.then(({ code, reason }) => this.#wasClosed(code, reason))
  }

  #wasClosed(code: number, reason: string): void {
    this.#opened.reject(new ConnectionClosed(code, `the connection closed before the session was open: ${code} ${reason}`.trimEnd()))
    this.#rpc.work.closed()
    this.#events?.review()
  }

  prefix(prefix: string, uri: Uri): void {
    const { prefixes } = this.#rpc
    if (!isNewPrefix(prefixes, prefix, uri)) return
    this.#tell([PREFIX, prefix, uri], 'a prefix')
    prefixes.set(prefix, uri)
  }

  subscribe(topic: Uri, handler: EventHandler): void {
    checkText('a topic', topic)
    const resolved = this.#rpc.prefixes.resolveOrPass(topic)
    if (!this.#handlers.add(resolved, handler)) return
    try {
      this.#tell([SUBSCRIBE, topic], 'a topic')
    } catch (error) {
      this.#handlers.remove(resolved, handler)
      throw error
    }
  }

  unsubscribe(topic: Uri, handler: EventHandler | undefined): void {
    checkText('a topic', topic)
    if (this.#handlers.remove(this.#rpc.prefixes.resolveOrPass(topic), handler)) this.#tell([UNSUBSCRIBE, topic], 'a topic')
  }

  publish(topic: Uri, event: unknown, options: PublishOptions): boolean {
    checkText('a topic', topic)
    return this.#host.sendMessage(
      serializedFor('an event', this.#rpc.factory, [PUBLISH, topic, event, ...receiversIn(options, this.sessionId)]),
    )
  }

  /** Sends a message that the server must not miss. Throws if it cannot be sent. */
  #tell(message: List, what: string): void {
    sendUnskipped(this.#host, serializedFor(what, this.#rpc.factory, message))
  }

  #welcomed(message: Welcome): void {
    if (this.#welcome !== undefined) throw malformed('a second WELCOME')
    this.#welcome = message
    this.#opened.resolve()
    beginSession(this.#host, this.#rpc.factory)
  }

  #happened(topic: Uri, event: unknown, size: number): Awaitable<void> {
    const uri = this.#rpc.prefixes.resolveOrPass(topic)
    let pending: Promise<void>[] | undefined
    for (const handler of this.#handlers.of(uri)) {
      const done = notify(this.#rpc.factory, this.#host, () => handler(uri, event))
      if (!isPromise(done)) continue
      pending ??= []
      pending.push(done)
    }
    if (pending !== undefined) return this.#eventsInWork.begin(pending, size)
  }

  /** The counter of events in progress, made with the first asynchronous handler. */
  get #eventsInWork(): EventsInWork {
    const rpc = this.#rpc
    if (this.#events === undefined) {
      const events = new EventsInWork(rpc.factory, rpc.work, () => rpc.pendingCalls > 0)
      rpc.callBegan = () => events.review()
      this.#events = events
    }
    return this.#events
  }
}
