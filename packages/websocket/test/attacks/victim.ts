import {
  type Listener,
  type ListenOptions,
  listenWS,
  type ServerFactoryOptions,
  WebSocketServerFactory,
  WebSocketServerProtocol,
} from '../../src/index.ts'
import { until } from '../fixtures/until.ts'

/** A server under attack: echoes, keeps what its application was told, and everything it reported. */
export class Victim {
  static readonly #victims: Victim[] = []
  readonly factory: WatchfulFactory
  readonly listener: Listener

  private constructor(factory: WatchfulFactory, listener: Listener) {
    this.factory = factory
    this.listener = listener
  }

  static async listening(options: ServerFactoryOptions = {}, listening: ListenOptions = {}): Promise<Victim> {
    const factory = new WatchfulFactory('ws://127.0.0.1:0', { protocol: Watchful, ...options })
    const victim = new Victim(factory, await listenWS(factory, listening))
    Victim.#victims.push(victim)
    return victim
  }

  static async endAll(): Promise<void> {
    await Promise.all(Victim.#victims.splice(0).map(victim => victim.listener.close({ timeout: 0 })))
  }

  get port(): number {
    return this.listener.port!
  }

  /** Returns the end of the first connection as its application saw it. */
  async ending(): Promise<string> {
    await until(() => this.factory.endings.length > 0)
    return this.factory.endings[0]!
  }

  /** The one connection that is there. */
  get protocol(): WebSocketServerProtocol {
    const [protocol] = this.factory.allConnections
    if (protocol === undefined) throw new Error('nobody is connected')
    return protocol
  }
}

export class WatchfulFactory extends WebSocketServerFactory {
  readonly errors: Error[] = []
  /** The arguments of `onMessage` and `onClose` of all connections. */
  readonly messages: number[] = []
  readonly endings: string[] = []

  override onError(error: Error): void {
    this.errors.push(error)
  }
}

export class Watchful extends WebSocketServerProtocol {
  override onMessage(payload: Uint8Array, isBinary: boolean): void {
    ;(this.factory as WatchfulFactory).messages.push(payload.length)
    this.sendMessage(payload, isBinary)
  }

  override onClose(wasClean: boolean, code: number, reason: string): void {
    ;(this.factory as WatchfulFactory).endings.push(`${wasClean ? 'clean' : 'unclean'} ${code} ${reason}`)
  }
}
