import { awaitedClock, type ConnectOptions, connectWS, nodeRuntime } from '@autobahn-ts/websocket'
import { WampClientFactory, type WampClientFactoryOptions } from '../v1/application/client-factory.ts'
import { WampClientProtocol } from '../v1/application/client-protocol.ts'
import { checkConnectWampOptions, ReconnectingClient, type ReconnectingClientOptions } from '../v1/reconnecting-client.ts'

/** Options of `connectWamp`: those of reconnecting, of each connection, and of the client's factory. */
export interface ConnectWampOptions extends ReconnectingClientOptions {
  readonly factory?: WampClientFactoryOptions
  /** Holds for every try, but for `signal`: aborted before the first connection is open it gives up, and later it does nothing. */
  readonly connect?: ConnectOptions
}

/**
 * Connects to a WAMP version 1 server and stays connected: see `ReconnectingClient`.
 *
 * Resolves when the first session is open; rejects where it cannot be opened.
 */
export async function connectWamp(url: string, options: ConnectWampOptions = {}): Promise<ReconnectingClient> {
  checkConnectWampOptions(options)
  const { factory: given, connect: { signal: untilOpen, ...connect } = {}, ...rest } = options
  const factory = new WampClientFactory(url, { protocol: Client, ...given })
  const dial = (signal: AbortSignal): Promise<WampClientProtocol> => connectWS<WampClientProtocol>(factory, { ...connect, signal })
  return ReconnectingClient.connect(dial, awaitedClock(nodeRuntime.clock), rest, untilOpen)
}

class Client extends WampClientProtocol {}
