import { type Awaitable, HandshakeFailed } from '@autobahn-ts/websocket/portable'
import { type WampClient, wampClient } from '../v1/application/wamp-client.ts'
import { type ClassOf, wampProtocol } from '../v1/application/wamp-protocol.ts'
import type { WampClientFactory } from './client-factory.ts'
import type { SocketResponse } from './socket-connection.ts'
import { SocketProtocol } from './socket-protocol.ts'

const base: typeof SocketProtocol & ClassOf<WampClient> = wampClient(wampProtocol(SocketProtocol, 'client'))

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
  override onConnect(response: SocketResponse): Awaitable<void> {
    if (response.protocol === '') throw new HandshakeFailed('the server did not agree to speak wamp')
  }
}
