import { type Awaitable, type ConnectionResponse, HandshakeFailed, WebSocketClientProtocol } from '@autobahn-ts/websocket/portable'
import type { WampClientFactory } from './client-factory.ts'
import { type WampClient, wampClient } from './wamp-client.ts'
import { type ClassOf, wampProtocol } from './wamp-protocol.ts'

const base: typeof WebSocketClientProtocol & ClassOf<WampClient> = wampClient(wampProtocol(WebSocketClientProtocol, 'client'))

/**
 * The client's end of a WAMP connection. Derive a class from it, and begin in `onSessionOpen`.
 *
 * Overrides of `onTextMessage` and `onConnect` must call `super`; others need not.
 */
export abstract class WampClientProtocol extends base {
  override get factory(): WampClientFactory {
    return super.factory as WampClientFactory
  }

  /** Throws `HandshakeFailed` if the server has not selected the subprotocol of WAMP. */
  override onConnect(response: ConnectionResponse): Awaitable<void> {
    if (response.protocol === '') throw new HandshakeFailed('the server did not agree to speak wamp')
  }
}
