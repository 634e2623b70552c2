import { type Awaitable, isPromise } from '@autobahn-ts/websocket/portable'

/** Receives the errors of an application's hooks that no peer is told. */
export interface ErrorSink {
  /** Reports an error of the application, for one of its protocols. Never throws. */
  noteError(error: unknown, protocol: object): void
}

/**
 * Calls a hook of the application whose result does not matter. What it throws, or its promise rejects with, is reported to `sink`; it
 * reaches neither the peer nor the event loop. `failed` is called after the report.
 *
 * A hook whose type says that it returns nothing may be `async` in the application's class: then a promise is returned, which resolves when
 * the hook is done and never rejects.
 */
export function notify(sink: ErrorSink, protocol: object, hook: () => unknown, failed: () => void = nothing): Awaitable<void> {
  const report = (error: unknown): void => {
    sink.noteError(error, protocol)
    failed()
  }
  try {
    const result = hook()
    if (isPromise(result)) return Promise.resolve(result).then(nothing, report)
  } catch (error) {
    report(error)
  }
}

function nothing(): void {}
