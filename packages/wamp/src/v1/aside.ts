import { type Awaitable, isPromise } from '@autobahn-ts/websocket/portable'
import type { WampFactory } from './wamp-factory.ts'

/**
 * Tells the application of something that goes on all the same: what its hook throws, or its promise rejects with, is reported and reaches
 * neither the peer nor the event loop. A hook that returns nothing by its type may be `async` in the application's class: then a promise is
 * returned that resolves when it is done, and never rejects.
 */
export function aside(factory: WampFactory, protocol: object, hook: () => unknown, failed: () => void = nothing): Awaitable<void> {
  const report = (error: unknown): void => {
    factory.noteError(error, protocol)
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
