import { ApiMisuse, type Awaitable, type CloseInfo, State } from '@autobahn-ts/websocket/portable'
import type { MessageTier } from '../v1/ports/message-tier.ts'
import type { SocketConnection, SocketHooks, SocketResponse } from './socket-connection.ts'

/** For this folder alone: applications have no business with the connection behind a protocol. */
export let attachSocket: (protocol: SocketProtocol, parts: SocketParts) => void
export let connectionOf: (protocol: SocketProtocol) => SocketConnection

/** What a protocol is given when there is a `WebSocket` for it. */
export interface SocketParts {
  readonly connection: SocketConnection
  readonly factory: object
}

/**
 * The message tier of `WebSocketClientProtocol` over the platform's `WebSocket`, by the same names.
 *
 * Hooks may return promises: those behind them wait, `onClose` and `onDrain` do not. Reading itself cannot be held in a browser. A hook that
 * throws, or whose promise rejects, closes its connection, and the error goes to `factory.onError`.
 */
export abstract class SocketProtocol implements MessageTier, SocketHooks {
  #attached: SocketParts | undefined

  static {
    attachSocket = (protocol, parts): void => {
      if (protocol.#attached !== undefined) throw new ApiMisuse('buildProtocol must give a new protocol for each connection')
      protocol.#attached = parts
    }
    connectionOf = (protocol): SocketConnection => protocol.#connection()
  }

  /** The server's response; there from `onConnect` on. */
  get response(): SocketResponse | undefined {
    return this.#connection().state === State.Connecting ? undefined : { protocol: this.subprotocol }
  }

  /** The server has accepted. Throwing gives the connection up before `onOpen`. */
  onConnect(_response: SocketResponse): Awaitable<void> {}

  /** The opening handshake is done. */
  onOpen(): Awaitable<void> {}

  /** A whole binary message. */
  onMessage(_payload: Uint8Array, _isBinary: boolean): Awaitable<void> {}

  /** A whole text message. */
  onTextMessage(_text: string): Awaitable<void> {}

  /**
   * The connection is gone. Called once for every protocol, also where it never opened, and not held up by other hooks.
   *
   * `code` is the peer's close code; 1005 if its close frame had none; 1006 if the connection did not close cleanly, and then `reason`
   * says what happened.
   */
  onClose(_wasClean: boolean, _code: number, _reason: string): Awaitable<void> {}

  /** After `sendMessage`, or anything that sends, returned `false` on an open connection: everything has gone out, go on. */
  onDrain(): Awaitable<void> {}

  /** How the connection ended; `undefined` until then. */
  get closeInfo(): CloseInfo | undefined {
    return this.#connection().closeInfo
  }

  get isOpen(): boolean {
    return this.#attached?.connection.state === State.Open
  }

  /** CONNECTING 0, OPEN 1, CLOSING 2, CLOSED 3, as the platform's `WebSocket` counts them. */
  get state(): State {
    return this.#connection().state
  }

  /** Resolves when the connection is open; rejects with the cause when it never will be. */
  get opened(): Promise<void> {
    return this.#connection().opened
  }

  /** Resolves when the connection is gone; never rejects. */
  get closed(): Promise<CloseInfo> {
    return this.#connection().closed
  }

  /** Sends a text message. `true`: go on; `false`: stop, `onDrain` follows, or the connection is not open any more. */
  sendMessage(payload: string): boolean {
    return this.#connection().send(payload)
  }

  /**
   * Begins the closing handshake. `false`: it has begun already, and this call is ignored.
   *
   * `code` may be 1000-1003, 1007-1014 or 3000-4999; of the first two, what browsers forbid is sent with 3000 added. `reason` has at most
   * 123 octets of UTF-8.
   */
  sendClose(code?: number, reason?: string): boolean {
    return this.#connection().sendClose(code, reason ?? '')
  }

  /** Fails the connection: close frame, and no more hooks but `onClose`. `cause` is for this side's `closeInfo` alone. */
  failConnection(code: number, reason: string, cause?: Error): void {
    this.#connection().fail(code, reason, cause)
  }

  /** Gives the connection up: it is over for this side at once. The platform closes it in its own time. */
  dropConnection(): void {
    this.#connection().giveUp('dropped by this side')
  }

  /** Octets that were taken and not yet handed to the system. */
  get bufferedAmount(): number {
    return this.#connection().bufferedAmount
  }

  /** Whether the connection is open and below the high-water mark. */
  get isWritable(): boolean {
    return this.#connection().isWritable
  }

  /** The subprotocol agreed on; empty for none. */
  get subprotocol(): string {
    return this.#connection().subprotocol
  }

  get factory(): object {
    return this.#parts().factory
  }

  #parts(): SocketParts {
    if (this.#attached === undefined) throw new ApiMisuse('the protocol is not connected; connectWS and connectWamp do that')
    return this.#attached
  }

  #connection(): SocketConnection {
    return this.#parts().connection
  }
}
