import { WebSocketClientProtocol, type WebSocketProtocol, WebSocketServerProtocol } from '../application/protocol.ts'
import { attach, ownDelivery, type ProtocolParts } from '../application/protocol-parts.ts'
import { type Awaitable, isPromise } from '../bytes/awaitable.ts'
import type { Octets } from '../bytes/octets.ts'
import { PayloadMemory, type PayloadSharing } from '../bytes/payload-memory.ts'
import type { ConnectionAccept, ConnectionRequest, ConnectionResponse } from '../handshake/connection-request.ts'
import { HttpException } from '../handshake/http/http-exception.ts'
import { quoted } from '../handshake/http/quoted.ts'
import { asError } from '../protocol/faults/as-error.ts'
import { CloseCode } from '../protocol/faults/close-code.ts'
import { ConnectionClosed, HandshakeFailed } from '../protocol/faults/errors.ts'
import type { HookRunner } from '../protocol/hooks/hook-runner.ts'
import type { Kept } from '../protocol/hooks/hooks.ts'
import type { Delivery } from '../protocol/receiving/delivery.ts'
import type { PathParams } from '../routing/path-params.ts'
import { Conversation } from './conversation.ts'
import type { HandlerFactory } from './function-factories.ts'
import type { CollectLimits } from './inbox.ts'
import { InboxDelivery } from './inbox-delivery.ts'
import type { ServedRoute } from './served-routes.ts'
import { ServerConversation } from './server-conversation.ts'

/** The members that the function style adds to a protocol. Its hooks hand messages to the conversation. */
interface Conversing {
  /** Limits of messages that are collected whole. */
  readonly limits: CollectLimits
  /** The conversation; made together with the connection, before any hook is called. */
  readonly conversation: Conversation
  /** Makes the conversation. */
  converse(): Conversation
  readonly keeps: Kept
  readonly willKeep: Kept
}

// biome-ignore lint/suspicious/noExplicitAny: TypeScript demands it of the constructors of mixins
type ClassOf<Members> = abstract new (...args: any[]) => Members

/** Puts the hooks of the function style on a protocol of either role. */
function conversing<Base extends ClassOf<WebSocketProtocol>>(base: Base): Base & ClassOf<Conversing> {
  abstract class WithConversation extends base implements Conversing {
    abstract readonly limits: CollectLimits
    conversation!: Conversation

    override [attach](given: ProtocolParts): void {
      super[attach](given)
      this.conversation = this.converse()
    }

    converse(): Conversation {
      return new Conversation(this)
    }

    /** Messages that come in one piece go past the hooks below. */
    override [ownDelivery](runner: HookRunner, sharing: PayloadSharing, unused: Delivery | undefined): Delivery {
      if (!(unused instanceof InboxDelivery))
        return new InboxDelivery(runner, this.conversation, this.conversation.text, new PayloadMemory(sharing))
      unused.serve(runner, this)
      return unused
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
      this.conversation.pieceCame()
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
  return WithConversation
}

const serverBase: typeof WebSocketServerProtocol & ClassOf<Conversing> = conversing(WebSocketServerProtocol)
const clientBase: typeof WebSocketClientProtocol & ClassOf<Conversing> = conversing(WebSocketClientProtocol)

/** The protocol of the server in function style. */
export class HandlerProtocol extends serverBase {
  declare readonly conversation: ServerConversation
  #route: ServedRoute | undefined
  #pathParams: PathParams | undefined
  /** The promise of the handler. */
  #life: Promise<unknown> | undefined

  override get factory(): HandlerFactory {
    return super.factory as HandlerFactory
  }

  override get limits(): CollectLimits {
    return this.factory.limits
  }

  /** The parameters in the path of the request; made when they are first asked for. */
  get pathParams(): PathParams {
    this.#pathParams ??= this.#route!.paramsOf(this.request!.path)
    return this.#pathParams
  }

  override converse(): ServerConversation {
    return new ServerConversation(this)
  }

  override onConnect(request: ConnectionRequest): Awaitable<ConnectionAccept> {
    this.#route = this.factory.routes.find(request.path)
    if (this.#route === undefined) throw new HttpException(404, 'nothing is served at this path')
    return this.#route.admit(request, this.factory.protocols)
  }

  /** Starts the handler without waiting for it: it lives as long as the connection, and reading would wait for it. */
  override onOpen(): void {
    try {
      const life = this.#route!.handler(this.conversation, this.request!)
      if (isPromise(life)) this.#follow(life)
      else queueMicrotask(() => this.#handlerEnded(false))
    } catch (error) {
      this.#handlerFailed(error)
    }
  }

  /**
   * Waits for the end of the handler. One bound function takes both outcomes, because it is held for as long as the connection lives: an
   * `async` function or two closures take two or three times the memory (decision 147). It has no arguments, for which V8 would keep a list.
   */
  #follow(life: PromiseLike<unknown>): void {
    this.#life = Promise.resolve(life)
    const settled = this.#handlerSettled.bind(this)
    this.#life.then(settled, settled)
  }

  #handlerSettled(): void {
    this.#life!.then(
      () => this.#handlerEnded(true),
      (error: unknown) => this.#handlerFailed(error),
    )
  }

  /** Closes the connection. A handler that has returned without a promise, and has not closed it itself, was not meant to end it. */
  #handlerEnded(hasPromised: boolean): void {
    const hasClosed = this.sendClose(CloseCode.Normal, hasPromised ? '' : 'the handler returned at once, without a promise')
    this.conversation.inbox.stop()
    const misuse = hasClosed && !hasPromised ? this.#route!.returnedAtOnce() : undefined
    if (misuse !== undefined) this.factory.report(misuse, this)
  }

  /** Ends the connection for an error of the handler. `ConnectionClosed` is not an error where the handler's own connection has closed. */
  #handlerFailed(error: unknown): void {
    this.conversation.inbox.stop()
    if (error instanceof ConnectionClosed && !this.isOpen) return
    const cause = asError(error)
    this.failConnection(CloseCode.InternalError, 'internal error', cause)
    this.factory.report(cause, this)
  }
}

/** The protocol of the client in function style. */
export class ConversationProtocol extends clientBase {
  override readonly limits: CollectLimits
  readonly #needed: readonly string[]

  /** `needed`: the subprotocols of which the server must choose one; empty where it need not. */
  constructor(limits: CollectLimits, needed: readonly string[]) {
    super()
    this.limits = limits
    this.#needed = needed
  }

  override onConnect({ protocol, headers }: ConnectionResponse): void {
    if (protocol !== '' || this.#needed.length === 0) return
    const offered = this.#needed.map(quoted).join(', ')
    throw new HandshakeFailed(`server chose none of the subprotocols that were offered: ${offered} (option requireProtocol)`, 101, {
      headers,
    })
  }
}
