/** The entry `@autobahn-ts/websocket/whatwg` on a page: the platform's classes, and `WebSocketStream` where the platform has none. */

export { CloseEvent, type CloseEventClass, type CloseEventInit } from '../../whatwg/close-event.ts'
export { ErrorEvent, type ErrorEventClass, type ErrorEventInit } from '../../whatwg/error-event.ts'
export type { Listener, ListenerOptions, WebSocketClass, WebSocketEvents } from '../../whatwg/web-socket.ts'
export type { WebSocketCloseInfo, WebSocketErrorClass } from '../../whatwg/web-socket-error.ts'
export type { WebSocketOpenInfo, WebSocketStreamClass, WebSocketStreamOptions } from '../../whatwg/web-socket-stream.ts'
export { WebSocket, type WebSocketOptions } from './web-socket.ts'
export { WebSocketError, WebSocketStream } from './web-socket-stream.ts'
