import { WebSocketServerFactory } from '@autobahn-ts/websocket'
import { Echo } from '../echo-server.ts'

/** The server for the path `/echo`. People type the messages, so they are short. */
export function echoFactory(): WebSocketServerFactory {
  return new WebSocketServerFactory(undefined, { protocol: Echo, maxMessagePayloadSize: 64 * 1024, maxConnections: 1000 })
}
