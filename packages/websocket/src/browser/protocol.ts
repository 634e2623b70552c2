import { attach, parts } from '../application/protocol-parts.ts'
import type { Awaitable } from '../bytes/awaitable.ts'
import type { Octets } from '../bytes/octets.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import type { CloseInfo } from '../protocol/life/close-info.ts'
import { State } from '../protocol/life/state.ts'
import type { WebSocketClientFactory } from './client-factory.ts'
import { pageMessage } from './page-message.ts'
import type { SocketConnection, SocketHooks, SocketResponse } from './socket-connection.ts'

/** The parts that a protocol gets from its factory when there is a `WebSocket` for it. */
export interface BrowserProtocolParts {
  readonly connection: SocketConnection
  readonly factory: WebSocketClientFactory
}

/**
 * The client's end of a connection over the platform's `WebSocket`: the message tier of the `WebSocketClientProtocol` that there is on Node, by the same
 * names. Derive from it.
 *
 * Hooks (`on…`) may return promises: those behind them wait, `onClose` and `onDrain` do not. A page cannot stop its peer meanwhile; above the option
 * `maxWaitingSize` the connection is failed. A hook that throws, or whose promise rejects, closes its connection with 4011, and the error goes to
 * `factory.onError`.
 *
 * A page has no frames, pings, headers, extensions or statistics, so their methods and hooks are not here.
 */
export abstract class WebSocketClientProtocol implements SocketHooks {
  #parts: BrowserProtocolParts | undefined;

  /** @internal */
  [attach](given: BrowserProtocolParts): void {
    if (this.#parts !== undefined) throw new ApiMisuse('buildProtocol must give a new protocol for each connection')
    this.#parts = given
  }

  /** @internal */
  get [parts](): BrowserProtocolParts {
    if (this.#parts === undefined) throw new ApiMisuse('the protocol is not connected; connectWS does that')
    return this.#parts
  }

  // ---- life

  /** The server's response; set before `onConnect` is called, and `undefined` where the server never accepted. */
  get response(): SocketResponse | undefined {
    return this.#connection.response
  }

  /**
   * The server has accepted. Throwing gives the connection up before `onOpen`; a `HandshakeFailed` is not reported. So does returning anything but
   * nothing.
   */
  onConnect(_response: SocketResponse): Awaitable<void> {}

  /** The opening handshake is done. */
  onOpen(): Awaitable<void> {}

  /**
   * The connection is gone. Called once for every protocol, also where it never opened, and not held up by other hooks.
   *
   * `code` is the peer's close code; 1005 if its close frame had none; 1006 if the connection did not close cleanly, and then `reason`
   * says what happened.
   */
  onClose(_wasClean: boolean, _code: number, _reason: string): Awaitable<void> {}

  /** The end of the connection; `undefined` until then. */
  get closeInfo(): CloseInfo | undefined {
    return this.#connection.closeInfo
  }

  get isOpen(): boolean {
    return this.#parts?.connection.state === State.Open
  }

  /** CONNECTING 0, OPEN 1, CLOSING 2, CLOSED 3, as the platform's `WebSocket` counts them. */
  get state(): State {
    return this.#connection.state
  }

  /** Resolves when the connection is open; rejects with the cause when it never will be. */
  get opened(): Promise<void> {
    return this.#connection.opened
  }

  /** Resolves when the connection is gone; never rejects. */
  get closed(): Promise<CloseInfo> {
    return this.#connection.closed
  }

  // ---- receiving

  /** A whole message, the application's for good. A text message comes as its UTF-8 octets, unless there is `onTextMessage`. */
  onMessage(_payload: Octets, _isBinary: boolean): Awaitable<void> {}

  /** A whole text message as a string. There is no default: where a protocol has this method, text messages come here and not to `onMessage`. */
  onTextMessage?(text: string): Awaitable<void>

  // ---- sending

  /**
   * Sends a message. A string is text and octets are binary, unless `isBinary` says otherwise. The platform copies octets.
   *
   * `true`: go on. `false`: stop; it was sent, and `onDrain` follows, or the connection is not open any more. Throws `ApiMisuse` before the connection is
   * open, for anything but a string or octets, and for octets that are to be text and are not UTF-8.
   */
  sendMessage(payload: Octets | string, isBinary?: boolean): boolean {
    return this.#connection.send(pageMessage(payload, isBinary ?? undefined))
  }

  /** Everything has gone out after a send method returned `false` on an open connection: go on. Not held up by other hooks. */
  onDrain(): Awaitable<void> {}

  /** Octets that were taken and not yet handed to the system. */
  get bufferedAmount(): number {
    return this.#connection.bufferedAmount
  }

  /** Whether the connection is open and below the high-water mark. */
  get isWritable(): boolean {
    return this.#connection.isWritable
  }

  // ---- ending

  /**
   * Begins the closing handshake. `false`: it has begun already, and this call is ignored.
   *
   * `code` may be 1000-1003, 1007-1014 or 3000-4999. Browsers send 1000 and 3000 to 4999 alone: the others leave with 3000 added, 1001 as
   * 4001. `reason` has at most 123 octets of UTF-8.
   */
  sendClose(code?: number, reason?: string): boolean {
    return this.#connection.sendClose(code, reason ?? '')
  }

  /** Fails the connection: close frame, and no more hooks but `onClose`. `cause` is for this side's `closeInfo` alone. */
  failConnection(code: number, reason: string, cause?: Error): void {
    this.#connection.fail(code, reason, cause)
  }

  /** Gives the connection up: it is over for this side at once. The platform closes it in its own time. */
  dropConnection(): void {
    this.#connection.giveUp('dropped by this side')
  }

  // ---- what it knows

  /** The subprotocol agreed on; empty for none. */
  get subprotocol(): string {
    return this.#connection.response?.protocol ?? ''
  }

  get factory(): WebSocketClientFactory {
    return this[parts].factory
  }

  get #connection(): SocketConnection {
    return this[parts].connection
  }
}
