import { ApiMisuse, asError, checkOptions, HandshakeFailed, shownValue, type Timer } from '@autobahn-ts/websocket/portable'
import { aFunction, aSignal, seconds } from '../checks/option-checks.ts'
import type { WampClientFactory } from './client-factory.ts'
import type { WampClientProtocol } from './client-protocol.ts'
import { type PlatformSocketClass, platformSocketClass } from './platform-socket.ts'
import { connectionOf } from './socket-protocol.ts'

/** How a client connects; where to is the factory's matter. */
export interface ConnectOptions {
  /** Seconds until the connection must be open; 0 waits as long as the platform does. Default: 30. */
  readonly timeout?: number
  /** Aborted before the connection is open: gives up and rejects with the reason. Later it does nothing. */
  readonly signal?: AbortSignal
  /** The class to connect with. Default: the platform's `WebSocket`. */
  readonly socketClass?: PlatformSocketClass
}

/**
 * Connects and resolves when the connection is open.
 *
 * Rejects with `HandshakeFailed` where it cannot be opened (browsers do not say why), with the signal's reason, and with `ApiMisuse` for anything
 * but a factory.
 */
export async function connectWS<P extends WampClientProtocol = WampClientProtocol>(
  factory: WampClientFactory,
  options: ConnectOptions = {},
): Promise<P> {
  checkOptions<ConnectOptions>(options, { timeout: seconds, signal: aSignal, socketClass: aFunction }, 'connectWS')
  const { timeout = 30, signal, socketClass = platformSocketClass() } = options
  if (!isFactory(factory)) throw new ApiMisuse(`connectWS takes a WampClientFactory, and not ${shownValue(factory)}`)
  signal?.throwIfAborted()
  const protocol = factory.connectSocket(new socketClass(factory.url, [...factory.protocols]))
  const giveUp = (error: Error): void => connectionOf(protocol).giveUp(error.message, error)
  const abort = (): void => giveUp(asError(signal?.reason))
  const late = (): void => giveUp(new HandshakeFailed(`the connection did not open within ${timeout} s`))
  const deadline: Timer | undefined = timeout === 0 ? undefined : factory.clock.schedule(late, timeout * 1000)
  signal?.addEventListener('abort', abort, { once: true })
  try {
    await protocol.opened
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  } finally {
    deadline?.cancel()
    signal?.removeEventListener('abort', abort)
  }
  return protocol as P
}

/** By its method: the class itself would be bundled for pages that derive another one from it. */
function isFactory(factory: unknown): boolean {
  return typeof factory === 'object' && factory !== null && 'connectSocket' in factory
}
