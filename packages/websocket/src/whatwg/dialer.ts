import type { ClientFactoryOptions, WebSocketClientFactory } from '../application/client-factory.ts'
import type { WebSocketClientProtocol } from '../application/protocol.ts'
import type { TransportDetails } from '../protocol/life/transport-details.ts'

/** The way to one server: what a runtime makes of the options of one connection. */
export interface Dial {
  /** The options of the client's factory. */
  readonly factoryOptions: Omit<ClientFactoryOptions, 'protocol' | 'build' | 'protocols'>
  /**
   * Connects, and resolves with the factory's protocol when the connection is open. Rejects with the reason of the signal, and with `HandshakeFailed`.
   */
  connect<P extends WebSocketClientProtocol>(
    factory: WebSocketClientFactory & { buildProtocol(transport: TransportDetails): P },
    signal: AbortSignal,
  ): Promise<P>
}

/**
 * A runtime's way to servers. It takes the options of the application and the function that has got them, and throws `ApiMisuse` for options that cannot
 * be used.
 */
export type Dialer<Options> = (options: Options | undefined, where: string) => Dial
