/** The one place where a function may return a value or a promise of it. */
export type Awaitable<T> = T | Promise<T>

/** Whether a result is to be waited for. */
export function isPromise<T>(result: T | PromiseLike<T>): result is PromiseLike<T> {
  return typeof result === 'object' && result !== null && typeof (result as { then?: unknown }).then === 'function'
}

/** Goes on with what comes out: at once, or when the promise has settled. */
export function afterwards<T, Result>(result: Awaitable<T>, next: (value: T) => Awaitable<Result>): Awaitable<Result> {
  return isPromise(result) ? Promise.resolve(result).then(next) : next(result)
}

/**
 * Returns the value, and listens for its rejection where it is a promise. For functions of applications that are not waited for: an `async` one that
 * rejects would end the process otherwise.
 */
export function heeded<T>(value: T, rejected: (error: unknown) => void = () => {}): T {
  if (isPromise<unknown>(value)) Promise.resolve(value).then(undefined, rejected)
  return value
}
