import type { Awaitable } from '@autobahn-ts/websocket/portable'

/**
 * What WAMP needs of the connection under it: the message tier of `WebSocketProtocol`, by the same names.
 *
 * The port for everything else that carries messages: a browser's `WebSocket` becomes a class with these members.
 */
export interface MessageTier {
  onOpen(): Awaitable<void>
  onMessage(payload: Uint8Array, isBinary: boolean): Awaitable<void>
  onTextMessage?(text: string): Awaitable<void>
  sendMessage(payload: string): boolean
  sendClose(code?: number, reason?: string): boolean
  failConnection(code: number, reason: string, cause?: Error): void
  readonly isOpen: boolean
  /** Where messages may be left out because the peer reads too slowly: how many were. */
  readonly trafficStats?: { readonly outgoingMessagesNotSent: number }
  /** How the connection ended; set before `onClose` is called. */
  readonly closeInfo?: object | undefined
  /** Resolves when the connection is gone; never rejects. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
  /** A `WampFactory`; asked for once there is a connection. */
  readonly factory: object
}
