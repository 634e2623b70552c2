import type { Awaitable } from '@autobahn-ts/websocket/portable'

/** Whether what a hook or a procedure gave is to be waited for. */
export function isPromise<T>(result: T | PromiseLike<T>): result is PromiseLike<T> {
  return typeof result === 'object' && result !== null && typeof (result as { then?: unknown }).then === 'function'
}

/** Goes on with what comes out: at once, or when the promise has settled. */
export function afterwards<T, Result>(result: Awaitable<T>, next: (value: T) => Awaitable<Result>): Awaitable<Result> {
  return isPromise(result) ? Promise.resolve(result).then(next) : next(result)
}
