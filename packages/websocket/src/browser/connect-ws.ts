import { parts } from '../application/protocol-parts.ts'
import { checkOptions, type OptionChecks } from '../protocol/checks/check-options.ts'
import { abortSignal, seconds, someFunction } from '../protocol/checks/option-values.ts'
import { asError } from '../protocol/faults/as-error.ts'
import { ApiMisuse, HandshakeFailed } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'
import { Deadline } from '../protocol/life/deadline.ts'
import type { WebSocketClientFactory } from './client-factory.ts'
import { type PlatformSocket, type PlatformSocketClass, platformSocketClass } from './platform-socket.ts'
import type { WebSocketClientProtocol } from './protocol.ts'

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
 * but a factory and for what the platform refuses, such as `ws:` on a page of `https:`.
 */
export async function connectWS<P extends WebSocketClientProtocol = WebSocketClientProtocol>(
  factory: WebSocketClientFactory,
  options: ConnectOptions = {},
): Promise<P> {
  checkOptions<ConnectOptions>(options, connectOptions, 'connectWS')
  const { timeout = 30, signal, socketClass = platformSocketClass() } = options
  if (!isFactory(factory)) throw new ApiMisuse(`connectWS takes a client factory, and not ${shownValue(factory)}`)
  signal?.throwIfAborted()
  const protocol = begin(factory, socketClass)
  const giveUp = (error: Error): void => protocol[parts].connection.giveUp(error.message, error)
  const deadline = new Deadline(factory.clock)
  deadline.set(timeout, () => giveUp(new HandshakeFailed(`the connection did not open within ${timeout} s`)))
  const abort = (): void => giveUp(asError(signal?.reason))
  signal?.addEventListener('abort', abort, { once: true })
  try {
    await protocol.opened
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  } finally {
    deadline.cancel()
    signal?.removeEventListener('abort', abort)
  }
  return protocol as P
}

/** The names of `ConnectOptions`, and the values that each takes. */
export const connectOptions: OptionChecks<ConnectOptions> = { timeout: seconds, signal: abortSignal, socketClass: someFunction }

/** Tells a factory by its method: the class itself would be bundled for pages that derive another one from it. */
function isFactory(factory: unknown): boolean {
  return typeof factory === 'object' && factory !== null && 'connectSocket' in factory
}

/** `buildProtocol` is the application's and may throw; the `WebSocket` must not be left behind then. */
function begin(factory: WebSocketClientFactory, socketClass: PlatformSocketClass): WebSocketClientProtocol {
  const socket = socketOf(factory, socketClass)
  try {
    return factory.connectSocket(socket)
  } catch (error) {
    socket.close()
    throw error
  }
}

function socketOf({ url, protocols }: WebSocketClientFactory, socketClass: PlatformSocketClass): PlatformSocket {
  try {
    return new socketClass(url, [...protocols])
  } catch (error) {
    throw new ApiMisuse(`the platform does not connect to ${url}: ${asError(error).message}`, { cause: error })
  }
}
