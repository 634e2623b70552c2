import { type ConnectOptions, connectWS, nodeRuntime } from '@autobahn-ts/websocket'
import { WampClientFactory, type WampClientFactoryOptions } from '../v1/client-factory.ts'
import { WampClientProtocol } from '../v1/client-protocol.ts'
import { eitherSignal } from '../v1/either-signal.ts'
import { ReconnectingClient, type ReconnectingClientOptions } from '../v1/reconnecting-client.ts'

/** How a client connects, each time, and what its factory is made with. */
export interface ConnectWampOptions extends ReconnectingClientOptions {
  readonly factory?: WampClientFactoryOptions
  /** Holds for every try: a `signal` that was aborted lets none succeed any more. For each try's own time there is `timeout`. */
  readonly connect?: ConnectOptions
}

/**
 * Connects to a WAMP version 1 server and stays connected: see `ReconnectingClient`.
 *
 * Resolves when the first session is open; rejects where it cannot be opened.
 */
export async function connectWamp(url: string, options: ConnectWampOptions = {}): Promise<ReconnectingClient> {
  const { factory: given, connect = {}, ...rest } = options
  const factory = new WampClientFactory(url, { protocol: Client, ...given })
  let either: AbortSignal | undefined
  const dial = (signal: AbortSignal): Promise<WampClientProtocol> => {
    // joined once, since Node 20 keeps something of each that was joined for as long as the application's signal is there
    either ??= eitherSignal(signal, connect.signal)
    return connectWS<WampClientProtocol>(factory, { ...connect, signal: either })
  }
  return new ReconnectingClient(dial, nodeRuntime.clock, rest).open()
}

class Client extends WampClientProtocol {}
