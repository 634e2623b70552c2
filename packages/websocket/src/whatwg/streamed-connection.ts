import type { Octets } from '../bytes/octets.ts'
import type { Message } from '../conversation/connection.ts'
import type { CloseInfo } from '../protocol/life/close-info.ts'

/** The port from a `WebSocketStream` to its open connection: one over this library's core, or one over the platform's `WebSocket`. */
export interface StreamedConnection extends AsyncIterable<Message> {
  /** The negotiated extensions as the header has them. */
  readonly extensions: string
  readonly subprotocol: string
  /** Resolves when the connection is gone; never rejects. */
  readonly closed: Promise<CloseInfo>
  /** Sends a message, and waits until there is room for the next. Rejects with `ConnectionClosed` where there is no connection any more. */
  send(message: string | Octets): Promise<void>
  /** Begins the closing handshake, and leaves the messages that still come to the reader. */
  sendClose(code: number | undefined, reason: string): void
  /** Discards the messages that have not been read. */
  discard(): void
}

/**
 * Connects. Rejects with the reason of the signal, and with `HandshakeFailed`. `closeFrameCame` is called when the close frame of the server has come, where
 * a runtime tells of it before the end.
 */
export type OpenStream = (
  signal: AbortSignal,
  closeFrameCame: (code: number | undefined, reason: Octets) => void,
) => Promise<StreamedConnection>
