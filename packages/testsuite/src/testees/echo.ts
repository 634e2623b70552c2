import { type Awaitable, WebSocketClientProtocol, WebSocketServerProtocol } from '@autobahn-ts/websocket'

/** Sends back each message, and reads no more from a client that does not read. */
export class EchoServer extends WebSocketServerProtocol {
  override onMessage(payload: Uint8Array, isBinary: boolean): Awaitable<void> {
    if (!this.sendMessage(payload, isBinary) && this.isOpen) this.pauseReceiving()
  }

  override onDrain(): void {
    this.resumeReceiving()
  }
}

/** The echo on the client's side. */
export class EchoClient extends WebSocketClientProtocol {
  override onMessage(payload: Uint8Array, isBinary: boolean): Awaitable<void> {
    if (!this.sendMessage(payload, isBinary) && this.isOpen) this.pauseReceiving()
  }

  override onDrain(): void {
    this.resumeReceiving()
  }
}
