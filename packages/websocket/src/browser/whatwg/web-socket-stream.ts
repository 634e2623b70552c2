import {
  WebSocketError as OwnError,
  type WebSocketErrorClass,
  type WebSocketError as WebSocketErrorObject,
} from '../../whatwg/web-socket-error.ts'
import {
  type WebSocketStreamClass,
  type WebSocketStream as WebSocketStreamObject,
  webSocketStreamClass,
} from '../../whatwg/web-socket-stream.ts'
import { pageStream } from './page-stream.ts'
import type { WebSocketOptions } from './web-socket.ts'

/** A connection as two streams; see the class. */
export interface WebSocketStream extends WebSocketStreamObject {}

/** The error of a `WebSocketStream`; see the class. */
export interface WebSocketError extends WebSocketErrorObject {}

interface Streams {
  readonly WebSocketStream: WebSocketStreamClass<WebSocketOptions>
  readonly WebSocketError: WebSocketErrorClass
}

/** Makes the classes over the platform's `WebSocket`. */
export function ownStreams(): Streams {
  return { WebSocketStream: webSocketStreamClass<WebSocketOptions>(pageStream), WebSocketError: OwnError }
}

/** Chooses the classes of a platform that has both, because its streams reject with its error; otherwise those over its `WebSocket`. */
export function streamsOf(platform: Partial<Streams>): Streams {
  const { WebSocketStream, WebSocketError } = platform
  return WebSocketStream !== undefined && WebSocketError !== undefined ? { WebSocketStream, WebSocketError } : ownStreams()
}

const streams = /* @__PURE__ */ streamsOf(globalThis as Partial<Streams>)

/** The platform's `WebSocketStream`, or one over its `WebSocket`. */
export const WebSocketStream: WebSocketStreamClass<WebSocketOptions> = streams.WebSocketStream

/** The error of the streams. */
export const WebSocketError: WebSocketErrorClass = streams.WebSocketError
