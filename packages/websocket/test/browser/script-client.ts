import { type ClientFactoryOptions, WebSocketClientFactory } from '../../src/browser/client-factory.ts'
import { WebSocketClientProtocol } from '../../src/browser/protocol.ts'
import type { Awaitable } from '../../src/bytes/awaitable.ts'
import type { Clock } from '../../src/bytes/clock.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'
import { ScriptSocket } from '../fixtures/script-socket.ts'

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
