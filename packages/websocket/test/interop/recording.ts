import { WebSocketClientProtocol, WebSocketServerProtocol } from '../../src/index.ts'

/** Keeps what a server's end sees, and echoes messages. */
export class RecordingServer extends WebSocketServerProtocol {
  readonly events: string[] = []

  override onMessage(payload: Uint8Array, isBinary: boolean): void {
    this.events.push(`${isBinary ? 'binary' : 'text'} ${payload.length}`)
    this.sendMessage(payload, isBinary)
  }

  override onPing(payload: Uint8Array): void {
    this.events.push(`ping ${Buffer.from(payload)}`)
    super.onPing(payload)
  }

  override onPong(payload: Uint8Array): void {
    this.events.push(`pong ${Buffer.from(payload)}`)
  }

  override onClose(wasClean: boolean, code: number, reason: string): void {
    this.events.push(`closed ${wasClean ? 'clean' : 'unclean'} ${code} ${reason}`.trimEnd())
  }
}

/** Keeps what a client's end sees. */
export class RecordingClient extends WebSocketClientProtocol {
  readonly events: string[] = []
  readonly messages: { readonly payload: Buffer; readonly isBinary: boolean }[] = []

  override onMessage(payload: Uint8Array, isBinary: boolean): void {
    this.messages.push({ payload: Buffer.from(payload), isBinary })
  }

  override onPing(payload: Uint8Array): void {
    this.events.push(`ping ${Buffer.from(payload)}`)
    super.onPing(payload)
  }

  override onPong(payload: Uint8Array): void {
    this.events.push(`pong ${Buffer.from(payload)}`)
  }

  override onClose(wasClean: boolean, code: number, reason: string): void {
    this.events.push(`closed ${wasClean ? 'clean' : 'unclean'} ${code} ${reason}`.trimEnd())
  }
}

/** Binary that would show any octet that is lost, changed or out of its place. */
export function pattern(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, at) => (at ^ (at >> 8) ^ (at >> 16)) & 255))
}
