import { type SocketResponse, WebSocketClientProtocol } from '@autobahn-ts/websocket/browser'
import { type Clock, HandshakeFailed, type Octets } from '@autobahn-ts/websocket/portable'
import type { EncodedMessage } from '../transports/encoded-message.ts'
import type { MessageTransport } from '../transports/message-transport.ts'
import type { ReportError } from '../transports/reception.ts'
import { type SpokenSerializers, spokenBy, subprotocolsOf } from '../transports/subprotocols.ts'
import { webSocketEnd } from '../transports/websocket-end.ts'
import { type WebSocketLink, WebSocketTransport } from '../transports/websocket-transport.ts'

/** Everything that a page's connection is made with. */
export interface PageDialling {
  readonly spoken: SpokenSerializers
  readonly maxSendSize: number
  readonly clock: Clock
  /** The absolute URL of the router. */
  readonly url: string
  readonly onError?: ReportError | undefined
}

/**
 * The client's end of a connection over the platform's `WebSocket`. Its transport is there when it is open.
 *
 * A page cannot stop its peer: what comes while the transport is paused waits, and above the option `maxWaitingSize` of the WebSocket layer
 * the connection is closed.
 */
export class TransportPageProtocol extends WebSocketClientProtocol implements WebSocketLink {
  readonly #dialling: PageDialling
  #transport: WebSocketTransport | undefined
  /** The promise that hooks wait for while receiving is paused. */
  #pause: Pause | undefined

  constructor(dialling: PageDialling) {
    super()
    this.#dialling = dialling
  }

  /** The transport of an open connection. */
  get messageTransport(): MessageTransport {
    if (this.#transport === undefined) throw new Error('the connection is not open')
    return this.#transport
  }

  /** Gives up where the server chose no subprotocol of WAMP. */
  override onConnect({ protocol }: SocketResponse): void {
    const { spoken } = this.#dialling
    if (spokenBy(protocol, spoken) === undefined)
      throw new HandshakeFailed(`the server did not agree to one of ${subprotocolsOf(spoken).join(', ')}`)
  }

  override onOpen(): void {
    const { spoken, maxSendSize, clock, url, onError } = this.#dialling
    const details = { kind: 'websocket', peer: hostOf(url), isSecure: /^wss:/i.test(url), headers: {} } as const
    this.#transport = new WebSocketTransport(this, spokenBy(this.subprotocol, spoken)!, { maxSendSize, details, clock, onError })
    this.#transport.awaitListener()
  }

  sendEncoded(message: EncodedMessage): void {
    this.sendMessage(message.encoded)
  }

  pauseReceiving(): void {
    this.#pause ??= pause()
  }

  resumeReceiving(): void {
    const paused = this.#pause
    this.#pause = undefined
    paused?.end()
  }

  override onTextMessage(text: string): void | Promise<void> {
    if (this.#pause !== undefined) return this.#whenResumed(() => this.#transport?.textReceived(text))
    this.#transport?.textReceived(text)
  }

  override onMessage(octets: Octets): void | Promise<void> {
    if (this.#pause !== undefined) return this.#whenResumed(() => this.#transport?.octetsReceived(octets))
    this.#transport?.octetsReceived(octets)
  }

  override onDrain(): void {
    this.#transport?.drained()
  }

  override onClose(): void {
    this.resumeReceiving()
    this.#transport?.ended(webSocketEnd(this.closeInfo!))
  }

  async #whenResumed(deliver: () => void): Promise<void> {
    while (this.#pause !== undefined) await this.#pause.ended
    deliver()
  }
}

interface Pause {
  readonly ended: Promise<void>
  end(): void
}

function pause(): Pause {
  let end = (): void => {}
  const ended = new Promise<void>(resolve => {
    end = resolve
  })
  return { ended, end }
}

/** Returns host and port of a URL, as they are written. */
function hostOf(url: string): string {
  return /^[a-z]+:\/\/([^/?#]*)/i.exec(url)?.[1] ?? ''
}
