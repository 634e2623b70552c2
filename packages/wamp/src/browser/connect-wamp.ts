import { type ConnectOptions, connectWS, retryWhenOnline } from '@autobahn-ts/websocket/browser'
import { checkConnectWampOptions, ReconnectingClient, type ReconnectingClientOptions } from '../v1/reconnecting-client.ts'
import { WampClientFactory, type WampClientFactoryOptions } from './client-factory.ts'
import { WampClientProtocol } from './client-protocol.ts'

/** Options of `connectWamp`: those of reconnecting, of each connection, and of the client's factory. */
export interface ConnectWampOptions extends ReconnectingClientOptions {
  readonly factory?: WampClientFactoryOptions
  /** Holds for every try, but for `signal`: aborted before the first connection is open it gives up, and later it does nothing. */
  readonly connect?: ConnectOptions
}

/**
 * Connects to a WAMP version 1 server and stays connected: see `ReconnectingClient`. The URL may be relative to the page.
 *
 * Resolves when the first session is open; rejects where it cannot be opened. When the browser says that it is online again, the next try
 * does not wait for its time.
 */
export async function connectWamp(url: string, options: ConnectWampOptions = {}): Promise<ReconnectingClient> {
  checkConnectWampOptions(options)
  const { factory: given, connect: { signal: untilOpen, ...connect } = {}, ...rest } = options
  const factory = new WampClientFactory(url, { protocol: Client, ...given })
  const dial = (signal: AbortSignal): Promise<WampClientProtocol> => connectWS<WampClientProtocol>(factory, { ...connect, signal })
  const client = await ReconnectingClient.connect(dial, factory.clock, rest, untilOpen)
  retryWhenOnline(client)
  return client
}

class Client extends WampClientProtocol {}
