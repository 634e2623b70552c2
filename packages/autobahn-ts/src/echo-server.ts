import { type Awaitable, type TransportDetails, WebSocketServerFactory, WebSocketServerProtocol } from '@autobahn-ts/websocket'
import { printable } from './printable.ts'

/** Sends back each message, and reads no more from a client that does not read. */
export class Echo extends WebSocketServerProtocol {
  override onMessage(payload: Uint8Array, isBinary: boolean): Awaitable<void> {
    if (!this.sendMessage(payload, isBinary) && this.isOpen) this.pauseReceiving()
  }

  override onDrain(): void {
    this.resumeReceiving()
  }
}

/** An echo server that calls `log` with a line for each connection that opens and for each that ends. */
export class LoggedEchoFactory extends WebSocketServerFactory {
  readonly #log: (line: string) => void
  #count = 0

  constructor(log: (line: string) => void, ...[url, options]: ConstructorParameters<typeof WebSocketServerFactory>) {
    super(url, options)
    this.#log = log
  }

  override buildProtocol(_transport: TransportDetails): Echo {
    return new LoggedEcho(this.#log, ++this.#count)
  }
}

class LoggedEcho extends Echo {
  readonly #log: (line: string) => void
  readonly #number: number

  constructor(log: (line: string) => void, number: number) {
    super()
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
