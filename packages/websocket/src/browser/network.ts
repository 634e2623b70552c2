/** Tells whether the browser says that it is offline. Outside of pages and workers nothing says so. */
export function isOffline(): boolean {
  return globalThis.navigator?.onLine === false
}

/** Tells whether a URL leads to this machine, which can be reached without a network. */
export function isLocal(url: string): boolean {
  return /^wss?:\/\/(localhost|[^/?#]+\.localhost|127\.[\d.]+|\[::1\])(:\d+)?([/?#]|$)/.test(url)
}

/** A connection that is told what the browser says of the network. */
interface Reconnecting {
  giveUp(why: string): void
  retryNow(): void
}

/**
 * Gives a connection up when the browser goes offline, which would go unnoticed for minutes otherwise. Lets it try at once when the browser is
 * online again, and when the page is looked at again. Returns a function that ends this. Outside of pages and workers it does nothing.
 */
export function followNetwork(connection: Reconnecting, mattersNow: () => boolean): () => void {
  const lost = (): void => {
    if (mattersNow()) connection.giveUp('the browser is offline')
  }
  const retry = (): void => connection.retryNow()
  const looked = (): void => {
    if (globalThis.document?.hidden === false) retry()
  }
  const listeners = [
    ['offline', lost, globalThis],
    ['online', retry, globalThis],
    ['visibilitychange', looked, globalThis.document],
  ] as const
  for (const [event, listener, target] of listeners) target?.addEventListener?.(event, listener)
  return () => {
    for (const [event, listener, target] of listeners) target?.removeEventListener?.(event, listener)
  }
}
