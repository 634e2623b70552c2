import { type Awaitable, type ConnectionResponse, HandshakeFailed, WebSocketClientProtocol } from '@autobahn-ts/websocket/portable'
import type { WampClientFactory } from './client-factory.ts'
import { type WampClient, wampClient } from './wamp-client.ts'
import { type ClassOf, wampProtocol } from './wamp-protocol.ts'

const base: typeof WebSocketClientProtocol & ClassOf<WampClient> = wampClient(wampProtocol(WebSocketClientProtocol, 'client'))

/**
 * The client's end of a WAMP connection: derive from it, and begin in `onSessionOpen`.
 *
 * Overrides of `onTextMessage` and `onConnect` call `super`; nothing else has to.
 */
export abstract class WampClientProtocol extends base {
  override get factory(): WampClientFactory {
    return super.factory as WampClientFactory
  }

  /** Gives up where the server does not speak WAMP. */
  override onConnect(response: ConnectionResponse): Awaitable<void> {
    if (response.protocol === '') throw new HandshakeFailed('the server did not agree to speak wamp')
  }
}
