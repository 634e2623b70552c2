import type { Clock } from '../bytes/clock.ts'
import { asError } from '../protocol/faults/as-error.ts'
import { ApiMisuse, HandshakeFailed } from '../protocol/faults/errors.ts'
import { Deadline } from '../protocol/life/deadline.ts'
import type { PageSocket } from './page-socket.ts'
import { type PlatformSocket, type PlatformSocketClass, platformSocketClass } from './platform-socket.ts'

/** The options of one connection attempt. */
export interface ConnectOptions {
  /** Seconds until the connection must be open; 0 waits as long as the platform does. Default: 30. */
  readonly timeout?: number
  /** Aborted before the connection is open: gives up and rejects with the reason. Later it does nothing. */
  readonly signal?: AbortSignal
  /** The class to connect with. Default: the platform's `WebSocket`. */
  readonly socketClass?: PlatformSocketClass
}

/** Makes a `WebSocket` that connects. Throws the signal's reason, and `ApiMisuse` for what the platform refuses. */
export function socketTo(url: string, protocols: readonly string[], { signal, socketClass }: ConnectOptions): PlatformSocket {
  signal?.throwIfAborted()
  const Socket = socketClass ?? platformSocketClass()
  try {
    return new Socket(url, [...protocols])
  } catch (error) {
    throw new ApiMisuse(`the platform does not connect to ${url}: ${asError(error).message}`, { cause: error })
  }
}

/** Waits until a connection is open. Gives it up, and rejects, after the timeout and when the signal is aborted. */
export async function opened(
  connection: Pick<PageSocket, 'opened' | 'giveUp'>,
  clock: Clock,
  { timeout = 30, signal }: ConnectOptions,
): Promise<void> {
  const giveUp = (error: Error): void => connection.giveUp(error.message, error)
  const deadline = new Deadline(clock)
  deadline.set(timeout, () => giveUp(new HandshakeFailed(`the connection did not open within ${timeout} s`)))
  const abort = (): void => giveUp(asError(signal?.reason))
  signal?.addEventListener('abort', abort, { once: true })
  try {
    await connection.opened
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  } finally {
    deadline.cancel()
    signal?.removeEventListener('abort', abort)
  }
}
