import {
  type Awaitable,
  type ConnectionRequest,
  HttpException,
  type ServerFactoryOptions,
  type TransportDetails,
  WebSocketServerFactory,
  WebSocketServerProtocol,
} from '@autobahn-ts/websocket'
import { printable } from './printable.ts'

/** Sends back each message, at one path or at all, and reads no more from a client that does not read. */
export class Echo extends WebSocketServerProtocol {
  readonly #path: string | undefined

  constructor(path?: string) {
    super()
    this.#path = path
  }

  override onConnect(request: ConnectionRequest): ReturnType<WebSocketServerProtocol['onConnect']> {
    if (this.#path !== undefined && request.path !== this.#path)
      throw new HttpException(404, `there is nothing here: this server echoes at ${this.#path}`)
    return super.onConnect(request)
  }

  override onMessage(payload: Uint8Array, isBinary: boolean): Awaitable<void> {
    if (!this.sendMessage(payload, isBinary) && this.isOpen) this.pauseReceiving()
  }

  override onDrain(): void {
    this.resumeReceiving()
  }
}

/**
 * An echo server, at one path or at all. With `log` it calls that with a line for each connection that opens and for each that ends.
 */
export class EchoFactory extends WebSocketServerFactory {
  readonly #path: string | undefined
  readonly #log: ((line: string) => void) | undefined
  #count = 0

  constructor(path: string | undefined, log: ((line: string) => void) | undefined, options: ServerFactoryOptions) {
    super(undefined, options)
    this.#path = path
    this.#log = log
  }

  override buildProtocol(_transport: TransportDetails): Echo {
    return this.#log === undefined ? new Echo(this.#path) : new LoggedEcho(this.#path, this.#log, ++this.#count)
  }
}

class LoggedEcho extends Echo {
  readonly #log: (line: string) => void
  readonly #number: number

  constructor(path: string | undefined, log: (line: string) => void, number: number) {
    super(path)
    this.#log = log
    this.#number = number
  }

  override onOpen(): void {
    const { peer, resource, origin } = this.request!
    const from = peer.port === undefined ? peer.address : `${peer.address} port ${peer.port}`
    const facts = [`#${this.#number} opened`, `from ${from || 'this machine'}`, `resource ${resource}`]
    if (this.subprotocol !== '') facts.push(`protocol ${this.subprotocol}`)
    if (origin !== undefined) facts.push(`origin ${origin}`)
    this.#log(printable(facts.join(', '), longestLine))
  }

  override onClose(wasClean: boolean, code: number, reason: string): void {
    const facts = [`#${this.#number} closed`, `code ${code}`, wasClean ? 'clean' : 'not clean']
    if (reason !== '') facts.push(`reason ${reason}`)
    this.#log(printable(facts.join(', '), longestLine))
  }
}

const longestLine = 500
