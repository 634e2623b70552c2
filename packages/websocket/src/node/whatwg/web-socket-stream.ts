import { dialledStream } from '../../whatwg/dialled-stream.ts'
import {
  type WebSocketStreamClass,
  type WebSocketStream as WebSocketStreamObject,
  webSocketStreamClass,
} from '../../whatwg/web-socket-stream.ts'
import { dialer, type WebSocketOptions } from './socket-options.ts'

/** A connection as two streams; see the class. */
export interface WebSocketStream extends WebSocketStreamObject {}

/** The platform's `WebSocketStream` over Node's sockets; the options of this library stand beside `protocols` and `signal`. */
export const WebSocketStream: WebSocketStreamClass<WebSocketOptions> = /* @__PURE__ */ webSocketStreamClass((url, protocols, options) =>
  dialledStream(url, protocols, dialer(options, 'WebSocketStream')),
)
