import { reportTo } from '../application/factory.ts'
import { WebSocketClientProtocol, WebSocketServerProtocol } from '../application/protocol.ts'
import { type Awaitable, isPromise } from '../bytes/awaitable.ts'
import type { Octets } from '../bytes/octets.ts'
import type { ConnectionAccept, ConnectionRequest } from '../handshake/connection-request.ts'
import { HttpException } from '../handshake/http/http-exception.ts'
import { asError } from '../protocol/faults/as-error.ts'
import { CloseCode } from '../protocol/faults/close-code.ts'
import { ConnectionClosed } from '../protocol/faults/errors.ts'
import type { Kept } from '../protocol/hooks/hooks.ts'
import type { Connection } from './connection.ts'
import { Conversation } from './conversation.ts'
import type { CollectLimits } from './inbox.ts'

/** Serves one connection. Its promise is the connection's life: settled, it is closed with 1000; rejected, with 1011. */
export type Handler = (connection: Connection, request: ConnectionRequest) => Awaitable<unknown>

/** Decides on a request before it is accepted, as `onConnect` of server protocols does: refuses by throwing an `HttpException`. */
export type Admission = (request: ConnectionRequest) => Awaitable<ConnectionAccept>

/** Handlers by path, `'*'` for all other paths; or one handler for every path. */
export type Routes = Handler | Readonly<Record<string, Handler>>

/** The server's end in function style. */
export class HandlerProtocol extends WebSocketServerProtocol {
  readonly #routes: Routes
  readonly #admit: Admission | undefined
  readonly conversation: Conversation
  #handler: Handler | undefined

  constructor(routes: Routes, limits: CollectLimits, admit?: Admission) {
    super()
    this.#routes = routes
    this.#admit = admit
    this.conversation = new Conversation(this, limits)
  }

  override onConnect(request: ConnectionRequest): Awaitable<ConnectionAccept> {
    this.#handler = handlerFor(this.#routes, request.path)
    if (this.#handler === undefined) throw new HttpException(404, 'nothing is served at this path')
    return this.#admit === undefined ? super.onConnect(request) : this.#admit(request)
  }

  /** Not waited for: it lives as long as the connection, and would hold its reading. */
  override onOpen(): void {
    void this.#live()
  }

  get keeps(): Kept {
    return this.conversation.inbox.keeps
  }

  get willKeep(): Kept {
    return this.conversation.inbox.willKeep
  }

  override onMessageBegin(isBinary: boolean): void {
    this.conversation.inbox.messageBegan(isBinary)
  }

  override onMessageFrameBegin(length: number | bigint): void {
    this.conversation.inbox.frameBegan(Number(length))
  }

  override onMessageFrameData(payload: Octets): Awaitable<void> {
    return this.conversation.inbox.dataCame(payload)
  }

  override onMessageFrameEnd(): void {}

  override onMessageEnd(): Awaitable<void> {
    return this.conversation.inbox.messageEnded()
  }

  override onDrain(): void {
    this.conversation.drained()
  }

  override onClose(): void {
    this.conversation.connectionClosed(this.closeInfo!)
  }

  async #live(): Promise<void> {
    try {
      const life = this.#handler!(this.conversation, this.request!)
      await life
      this.sendClose(CloseCode.Normal, isPromise(life) ? '' : 'the handler returned at once, without a promise')
      this.conversation.inbox.stop()
    } catch (error) {
      this.#handlerFailed(error)
    }
  }

  /** That the connection is gone, or going, is no fault of a handler which was using it. */
  #handlerFailed(error: unknown): void {
    this.conversation.inbox.stop()
    if (error instanceof ConnectionClosed && !this.isOpen) return
    const cause = asError(error)
    this.failConnection(CloseCode.InternalError, 'internal error', cause)
    reportTo(this.factory, cause, this)
  }
}

/** The client's end in function style. */
export class ConversationProtocol extends WebSocketClientProtocol {
  readonly conversation: Conversation

  constructor(limits: CollectLimits) {
    super()
    this.conversation = new Conversation(this, limits)
  }

  get keeps(): Kept {
    return this.conversation.inbox.keeps
  }

  get willKeep(): Kept {
    return this.conversation.inbox.willKeep
  }

  override onMessageBegin(isBinary: boolean): void {
    this.conversation.inbox.messageBegan(isBinary)
  }

  override onMessageFrameBegin(length: number | bigint): void {
    this.conversation.inbox.frameBegan(Number(length))
  }

  override onMessageFrameData(payload: Octets): Awaitable<void> {
    return this.conversation.inbox.dataCame(payload)
  }

  override onMessageFrameEnd(): void {}

  override onMessageEnd(): Awaitable<void> {
    return this.conversation.inbox.messageEnded()
  }

  override onDrain(): void {
    this.conversation.drained()
  }

  override onClose(): void {
    this.conversation.connectionClosed(this.closeInfo!)
  }
}

function handlerFor(routes: Routes, path: string): Handler | undefined {
  if (typeof routes === 'function') return routes
  if (Object.hasOwn(routes, path)) return routes[path]
  return Object.hasOwn(routes, '*') ? routes['*'] : undefined
}
