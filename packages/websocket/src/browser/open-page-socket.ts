import { browserClock } from './browser-clock.ts'
import type { BrowserOptions } from './browser-options.ts'
import { type ConnectOptions, opened, socketTo } from './opening.ts'
import { pageDefaults } from './page-defaults.ts'
import { PageSocket, type SocketEvents } from './page-socket.ts'
import { plainUrl } from './socket-url.ts'

/** The options of the attempt, and those of the connection but `maxWaitingSize`: nothing waits here. */
export interface PageSocketOptions extends ConnectOptions, Partial<Omit<BrowserOptions, 'maxWaitingSize'>> {}

/**
 * Opens a connection that hands its events to a receiver, without hooks and without a queue: for packages that carry a protocol of their own over the
 * platform's `WebSocket`. `make` is called with the absolute URL and makes the receiver. Resolves with that when it has opened the socket that `accepted`
 * hands over, and rejects as `connect` does. The options are not checked.
 */
export async function openPageSocket<Receiver extends SocketEvents>(
  url: string,
  protocols: readonly string[],
  options: PageSocketOptions,
  make: (url: string) => Receiver,
): Promise<Receiver> {
  const address = plainUrl(url) ?? (await import('./page-checks.ts')).socketUrl(url)
  const receiver = make(address)
  const socket = new PageSocket(socketTo(address, protocols, options), { ...pageDefaults, ...options }, browserClock, receiver)
  await opened(socket, browserClock, options)
  return receiver
}
