import { type WebSocketClass, type WebSocket as WebSocketObject, webSocketClass } from '../../whatwg/web-socket.ts'
import { dialer, type WebSocketOptions } from './socket-options.ts'

/** A connection with the platform's events; see the class. */
export interface WebSocket extends WebSocketObject {}

/** The platform's `WebSocket` over Node's sockets, with the options of this library as a third argument. */
export const WebSocket: WebSocketClass<WebSocketOptions> = /* @__PURE__ */ webSocketClass(dialer)
