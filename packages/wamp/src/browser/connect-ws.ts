import { type ConnectOptions, connectWS as connectSocket } from '@autobahn-ts/websocket/browser'
import type { WampClientFactory } from './client-factory.ts'
import type { WampClientProtocol } from './client-protocol.ts'

/** Connects and resolves when the connection is open: `connectWS` of `@autobahn-ts/websocket/browser`, for protocols of WAMP. */
export const connectWS: <P extends WampClientProtocol = WampClientProtocol>(
  factory: WampClientFactory & { buildProtocol(): P },
  options?: ConnectOptions,
) => Promise<P> = connectSocket
