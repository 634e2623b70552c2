import type { Awaitable } from '@autobahn-ts/websocket/portable'
import type { Uri } from '../messages/message.ts'
import { answerBinary, answerFault, type MessageTier } from '../ports/message-tier.ts'
import type { PublishOptions } from '../pubsub/receivers.ts'
import type { EventHandler } from '../pubsub/topic-handlers.ts'
import { ClientSession } from '../session/client-session.ts'
import { type ClassOf, engine, type WampProtocol } from './wamp-protocol.ts'

/** What a client can do beside what both sides can: the methods of the seed's `WampClientProtocol`. */
export interface WampClient extends WampProtocol {
  /** A message of WAMP has come. Overrides call `super`. */
  onTextMessage(text: string): Awaitable<void>

  /** Resolves when the session is open; rejects with `ConnectionClosed` when it never will be. */
  readonly sessionOpened: Promise<void>

  /** 1, or `undefined` where the server did not say. */
  readonly sessionProtocolVersion: number | undefined

  /** What the server calls itself. */
  readonly sessionServer: string | undefined

  /** Defines a prefix for CURIEs, on both sides. The same again does nothing; another URI for it is misuse. */
  prefix(prefix: string, uri: Uri): void

  /**
   * Calls the handler for each event of a topic, with the topic's full URI. A topic may have several handlers. The type of the events is the
   * caller's word.
   *
   * WAMP 1 has no answer to this: where the server does not allow it, no event comes.
   */
  subscribe<Event = unknown>(topicUri: Uri, handler: EventHandler<Event>): void

  /** Forgets one handler of a topic, or all of them. */
  unsubscribe(topicUri: Uri, handler?: EventHandler<never>): void

  /** Publishes an event. Needs no subscription. `false`: stop for now, as with `sendMessage`. */
  publish(topicUri: Uri, event: unknown, options?: PublishOptions): boolean
}

/** Puts `WampClient` on what `wampProtocol` has made. */
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
