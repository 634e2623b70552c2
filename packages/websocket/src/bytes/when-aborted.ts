/**
 * Calls back once when the signal is aborted. Returns a function that cancels this.
 *
 * All callbacks of a signal share one listener: runtimes warn of a leak where a signal has more than ten listeners, and a server may pass
 * one signal to all of its connections.
 */
export function whenAborted(signal: AbortSignal, callback: () => void): () => void {
  const listener = listenerOf(signal)
  const entry = { callback }
  listener.entries.add(entry)
  return () => {
    if (listener.entries.delete(entry) && listener.entries.size === 0) forget(signal, listener)
  }
}

/** Returns a promise with the same outcome, which rejects with the signal's reason where the signal is aborted first, or is already. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason)
    const offAbort = whenAborted(signal, () => reject(signal.reason))
    promise.then(resolve, reject).then(offAbort)
  })
}

function listenerOf(signal: AbortSignal): Listener {
  const known = listeners.get(signal)
  if (known !== undefined) return known
  const entries = new Set<Entry>()
  const aborted = (): void => {
    listeners.delete(signal)
    for (const { callback } of entries) callback()
  }
  const listener = { entries, aborted }
  listeners.set(signal, listener)
  signal.addEventListener('abort', aborted, { once: true })
  return listener
}

function forget(signal: AbortSignal, listener: Listener): void {
  if (listeners.get(signal) !== listener) return
  listeners.delete(signal)
  signal.removeEventListener('abort', listener.aborted)
}

interface Entry {
  readonly callback: () => void
}

interface Listener {
  readonly entries: Set<Entry>
  readonly aborted: () => void
}

const listeners = new WeakMap<AbortSignal, Listener>()
