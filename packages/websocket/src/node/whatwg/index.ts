/** The entry `@autobahn-ts/websocket/whatwg`: the platform's classes over this library. */

export { CloseEvent, type CloseEventClass, type CloseEventInit } from '../../whatwg/close-event.ts'
export { ErrorEvent, type ErrorEventClass, type ErrorEventInit } from '../../whatwg/error-event.ts'
export type { Listener, ListenerOptions, WebSocketClass, WebSocketEvents } from '../../whatwg/web-socket.ts'
export { type WebSocketCloseInfo, WebSocketError, type WebSocketErrorClass } from '../../whatwg/web-socket-error.ts'
export type { WebSocketOpenInfo, WebSocketStreamClass, WebSocketStreamOptions } from '../../whatwg/web-socket-stream.ts'
export type { WebSocketOptions } from './socket-options.ts'
export { WebSocket } from './web-socket.ts'
export { WebSocketStream } from './web-socket-stream.ts'
