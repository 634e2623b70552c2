import { type ClientFactoryOptions, WebSocketClientFactory } from '../../src/browser/client-factory.ts'
import type { PlatformSocket, SocketEvent } from '../../src/browser/platform-socket.ts'
import { WebSocketClientProtocol } from '../../src/browser/protocol.ts'
import type { Awaitable } from '../../src/bytes/awaitable.ts'
import type { Clock } from '../../src/bytes/clock.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'

/** A `WebSocket` whose other end, and whose platform, are in the hands of the test. */
export class ScriptSocket implements PlatformSocket {
  binaryType = 'blob'
  protocol = ''
  bufferedAmount = 0
  readonly sent: (string | Uint8Array)[] = []
  /** The arguments of each call of `close`. */
  readonly closes: (number | string | undefined)[][] = []
  readonly #listeners = new Map<string, (event: SocketEvent) => void>()

  addEventListener(type: string, listener: (event: SocketEvent) => void): void {
    this.#listeners.set(type, listener)
  }

  send(data: string | Uint8Array): void {
    this.sent.push(data)
  }

  close(...how: (number | string | undefined)[]): void {
    this.closes.push(how)
  }

  accept(protocol = 'chat'): void {
    this.protocol = protocol
    this.happen({ type: 'open' })
  }

  /** Messages of the server: text as strings, binary as octets. */
  say(...messages: readonly (string | Uint8Array<ArrayBuffer>)[]): void {
    for (const message of messages) this.happen({ type: 'message', data: typeof message === 'string' ? message : message.buffer })
  }

  end(code = 1006, reason = '', wasClean = code !== 1006): void {
    this.happen({ type: 'close', code, reason, wasClean })
  }

  happen(event: SocketEvent): void {
    this.#listeners.get(event.type)?.(event)
  }
}

/** A factory on a fake clock that keeps errors. */
export class ScriptFactory extends WebSocketClientFactory {
  readonly fakeClock: FakeClock = new FakeClock()
  readonly errors: Error[] = []

  constructor(protocol: new () => WebSocketClientProtocol = ScriptClient, options: ClientFactoryOptions = {}) {
    super('ws://test/', { protocol, ...options })
  }

  override get clock(): Clock {
    return this.fakeClock
  }

  override onError(error: Error): void {
    this.errors.push(error)
  }

  /** A protocol of the class of the test, and its socket; open unless told otherwise. */
  connect<Client extends WebSocketClientProtocol = ScriptClient>(isOpen = true): [Client, ScriptSocket] {
    const socket = new ScriptSocket()
    const client = this.connectSocket(socket) as Client
    if (isOpen) socket.accept()
    return [client, socket]
  }
}

/** Writes down which hooks were called. */
export class ScriptClient extends WebSocketClientProtocol {
  readonly hooks: string[] = []

  override onOpen(): void {
    this.hooks.push('onOpen')
  }

  override onTextMessage(text: string): Awaitable<void> {
    this.hooks.push(`onTextMessage ${text}`)
  }

  override onDrain(): void {
    this.hooks.push('onDrain')
  }

  override onClose(wasClean: boolean, code: number, reason: string): void {
    this.hooks.push(`onClose ${wasClean} ${code} ${reason}`.trimEnd())
  }
}

/** Lets promises settle. */
export async function settled(): Promise<void> {
  await new Promise(resolve => setImmediate(resolve))
}
