import { type SocketResponse, WebSocketClientProtocol } from '@autobahn-ts/websocket/browser'
import { ApiMisuse, type Awaitable, HandshakeFailed, shownValue } from '@autobahn-ts/websocket/portable'
import { type WampClient, wampClient } from '../v1/application/wamp-client.ts'
import { type ClassOf, wampProtocol } from '../v1/application/wamp-protocol.ts'
import type { WampClientFactory } from './client-factory.ts'

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
  override onConnect(response: SocketResponse): Awaitable<void> {
    if (response.protocol === '') throw new HandshakeFailed('the server did not agree to speak wamp')
  }

  /** Sends a text message, as all messages of WAMP are. `true`: go on; `false`: stop, `onDrain` follows, or the connection is not open any more. */
  override sendMessage(payload: string): boolean {
    if (typeof payload !== 'string') throw new ApiMisuse(`a message of WAMP must be a string, and not ${shownValue(payload)}`)
    return super.sendMessage(payload)
  }
}
