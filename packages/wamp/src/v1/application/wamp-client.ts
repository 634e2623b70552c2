import type { Awaitable } from '@autobahn-ts/websocket/portable'
import type { Uri } from '../messages/message.ts'
import { answerBinary, answerFault, type MessageTier } from '../ports/message-tier.ts'
import type { PublishOptions } from '../pubsub/receivers.ts'
import type { EventHandler } from '../pubsub/topic-handlers.ts'
import { ClientSession } from '../session/client-session.ts'
import { type ClassOf, engine, type WampProtocol } from './wamp-protocol.ts'

/** The methods that only clients have: those of AutobahnPython's `WampClientProtocol`. */
export interface WampClient extends WampProtocol {
  /** Receives a message of WAMP. Overrides must call `super`. */
  onTextMessage(text: string): Awaitable<void>

  /** Resolves when the session is open; rejects with `ConnectionClosed` if the connection closes before. */
  readonly sessionOpened: Promise<void>

  /** The version of the protocol, 1; `undefined` if the server did not send it. */
  readonly sessionProtocolVersion: number | undefined

  /** The name of the server; `undefined` if the server did not send it. */
  readonly sessionServer: string | undefined

  /**
   * Defines a prefix for CURIEs, on both sides. Defining it again with the same URI does nothing; with another URI it throws `ApiMisuse`.
   */
  prefix(prefix: string, uri: Uri): void

  /**
   * Subscribes to a topic. The handler is called for each event, with the topic's full URI; a topic may have several handlers. The type of
   * the events is not checked.
   *
   * A server of WAMP 1 does not answer: if it does not allow the subscription, no events come.
   */
  subscribe<Event = unknown>(topicUri: Uri, handler: EventHandler<Event>): void

  /** Removes one handler of a topic, or all. */
  unsubscribe(topicUri: Uri, handler?: EventHandler<never>): void

  /** Publishes an event, for which a subscription is not needed. Returns false if the caller should pause, as `sendMessage` does. */
  publish(topicUri: Uri, event: unknown, options?: PublishOptions): boolean
}

/** Adds the methods of `WampClient` to a class that `wampProtocol` has made. */
export function wampClient<Base extends ClassOf<MessageTier & WampProtocol>>(base: Base): Base & ClassOf<WampClient> {
  abstract class WithClient extends base implements WampClient {
    readonly #session = new ClientSession(this, this[engine])

    override onMessage(_payload: Uint8Array, _isBinary: boolean): Awaitable<void> {
      answerBinary(this)
    }

    override onTextMessage(text: string): Awaitable<void> {
      try {
        return this.#session.received(text)
      } catch (error) {
        answerFault(this, error)
      }
    }

    override get sessionId(): string | undefined {
      return this.#session.sessionId
    }

    get sessionOpened(): Promise<void> {
      return this.#session.opened
    }

    get sessionProtocolVersion(): number | undefined {
      return this.#session.protocolVersion
    }

    get sessionServer(): string | undefined {
      return this.#session.server
    }

    prefix(prefix: string, uri: Uri): void {
      this.#session.prefix(prefix, uri)
    }

    subscribe<Event = unknown>(topicUri: Uri, handler: EventHandler<Event>): void {
      this.#session.subscribe(topicUri, handler as EventHandler)
    }

    unsubscribe(topicUri: Uri, handler?: EventHandler<never>): void {
      this.#session.unsubscribe(topicUri, handler as EventHandler | undefined)
    }

    publish(topicUri: Uri, event: unknown, options: PublishOptions = {}): boolean {
      return this.#session.publish(topicUri, event, options)
    }
  }
  return WithClient
}
