import { checkClientFactory, type WebSocketClientFactory } from '../../application/client-factory.ts'
import type { WebSocketClientProtocol } from '../../application/protocol.ts'
import type { ByteStream } from '../../bytes/byte-stream.ts'
import { whenAborted } from '../../bytes/when-aborted.ts'
import { checkOptions } from '../../protocol/checks/check-options.ts'
import type { ObservedRuntime } from '../../protocol/connection/observer.ts'
import type { TransportDetails } from '../../protocol/life/transport-details.ts'
import { runtimeOn } from '../runtime/node-runtime.ts'
import { type ConnectOptions, connectOptions } from './connect-options.ts'
import { connectSocket } from './connect-socket.ts'

/**
 * Connects, and resolves with the factory's protocol when the connection is open.
 *
 * Rejects with `HandshakeFailed` where the transport cannot be made or ends (its `cause` is the system's error) or the opening handshake
 * fails, with `ApiMisuse` for options that cannot be used, and with the signal's reason. No socket or timer remains then.
 */
export async function connectWS<P extends WebSocketClientProtocol = WebSocketClientProtocol>(
  factory: WebSocketClientFactory & { buildProtocol(transport: TransportDetails): P },
  options: ConnectOptions = {},
): Promise<P> {
  checkClientFactory(factory)
  checkOptions<ConnectOptions>(options, connectOptions, 'connectWS')
  const runtime = runtimeOn(options.clock)
  const { stream, transport } = await connectSocket(factory, options, runtime.clock)
  // checked again: the signal may have been aborted since the socket was connected
  if (options.signal?.aborted) {
    stream.destroy(true)
    throw options.signal.reason
  }
  const protocol = begin(factory, stream, transport, runtime)
  await openedUnlessAborted(protocol, options.signal)
  // the factory has made it with buildProtocol
  return protocol as P
}

/** Begins the WebSocket connection. Where `buildProtocol` throws, destroys the stream. */
function begin(
  factory: WebSocketClientFactory,
  stream: ByteStream,
  transport: TransportDetails,
  runtime: ObservedRuntime,
): WebSocketClientProtocol {
  try {
    return factory.connectStream(stream, transport, runtime)
  } catch (error) {
    stream.destroy(true)
    throw error
  }
}

function openedUnlessAborted(protocol: WebSocketClientProtocol, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return protocol.opened
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      protocol.dropConnection({ abort: true })
      reject(signal.reason)
    }
    const settle = (outcome: () => void): void => {
      offAbort()
      outcome()
    }
    const offAbort = whenAborted(signal, abort)
    protocol.opened.then(
      () => settle(resolve),
      (error: unknown) => settle(() => reject(error)),
    )
  })
}
