/**
 * Lets a client that waits for its next try do it at once when the browser says that it is online again, until the client is closed. Outside of pages
 * and workers this does nothing.
 */
export function retryWhenOnline(client: { retryNow(): void; readonly closed: Promise<unknown> }): void {
  const retry = (): void => client.retryNow()
  globalThis.addEventListener?.('online', retry)
  void client.closed.then(() => globalThis.removeEventListener?.('online', retry))
}
