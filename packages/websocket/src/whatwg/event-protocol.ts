import { WebSocketClientProtocol } from '../application/protocol.ts'
import type { Octets } from '../bytes/octets.ts'
import type { ConnectionResponse } from '../handshake/connection-request.ts'
import type { CloseInfo } from '../protocol/life/close-info.ts'

/** The receiver of what happens to a connection. */
export interface ConnectionEvents {
  /** The server has accepted. Throwing gives the connection up. */
  accepted(response: ConnectionResponse): void
  opened(protocol: EventProtocol): void
  textCame(text: string): void
  octetsCame(octets: Octets): void
  /** The peer's close frame has come. */
  closeFrameCame(): void
  ended(info: CloseInfo): void
}

/** The protocol of a `WebSocket`: passes everything on. */
export class EventProtocol extends WebSocketClientProtocol {
  readonly #events: ConnectionEvents

  constructor(events: ConnectionEvents) {
    super()
    this.#events = events
  }

  override onConnect(response: ConnectionResponse): void {
    this.#events.accepted(response)
  }

  override onOpen(): void {
    this.#events.opened(this)
  }

  override onTextMessage(text: string): void {
    this.#events.textCame(text)
  }

  override onMessage(octets: Octets): void {
    this.#events.octetsCame(octets)
  }

  override onCloseFrame(): void {
    this.#events.closeFrameCame()
  }

  override onClose(): void {
    this.#events.ended(this.closeInfo!)
  }
}
