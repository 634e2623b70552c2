import { ApiMisuse } from '../../protocol/faults/errors.ts'
import type { WebSocketClass, WebSocket as WebSocketObject } from '../../whatwg/web-socket.ts'

/** The options that a `WebSocket` has on Node; on a page they have no effect. */
export type WebSocketOptions = object

/** A connection with the platform's events; see the class. */
export interface WebSocket extends WebSocketObject {}

const { WebSocket: ofPlatform } = globalThis as { readonly WebSocket?: WebSocketClass<WebSocketOptions> }

/** The platform's own `WebSocket`. Throws `ApiMisuse` when it is called in a runtime that has none. */
export const WebSocket: WebSocketClass<WebSocketOptions> = ofPlatform ?? (missing as unknown as WebSocketClass<WebSocketOptions>)

function missing(): never {
  throw new ApiMisuse('this runtime has no WebSocket (Node has it from 22 on), and the package was loaded as for a page')
}
