/**
 * The entry `@autobahn-ts/ws`. The class `WebSocket` is what `require('ws')` gives, and so it has the other exports as properties.
 */
import { WebSocket as Class } from './node/web-socket.ts'
import { WebSocketServer } from './node/web-socket-server.ts'
import { createWebSocketStream } from './node/web-socket-stream.ts'

/** The class, with the other exports of npm `ws` as properties. */
type ClassWithExports = typeof Class & {
  readonly WebSocket: typeof Class
  readonly Server: typeof WebSocketServer
  readonly WebSocketServer: typeof WebSocketServer
  readonly createWebSocketStream: typeof createWebSocketStream
}

const WebSocket: ClassWithExports = Object.assign(Class, {
  WebSocket: Class,
  Server: WebSocketServer,
  WebSocketServer,
  createWebSocketStream,
})

export { createWebSocketStream, WebSocket, WebSocketServer }
export default WebSocket
