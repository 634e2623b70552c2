/** A value, or a promise of it: the result of hooks and transforms, and of no other functions. */
export type Awaitable<T> = T | Promise<T>

/** Tells whether a result is a promise, or an object like one, that must be waited for. */
export function isPromise<T>(result: T | PromiseLike<T>): result is PromiseLike<T> {
  return typeof result === 'object' && result !== null && typeof (result as { then?: unknown }).then === 'function'
}

/** Calls `next` with the value: at once, or when the promise has resolved. */
export function afterwards<T, Result>(result: Awaitable<T>, next: (value: T) => Awaitable<Result>): Awaitable<Result> {
  return isPromise(result) ? Promise.resolve(result).then(next) : next(result)
}

/**
 * Returns the value, and handles its rejection where it is a promise. For functions of applications that are not waited for: a rejecting
 * `async` one would end the process otherwise.
 */
export function heeded<T>(value: T, rejected: (error: unknown) => void = () => {}): T {
  if (isPromise<unknown>(value)) Promise.resolve(value).then(undefined, rejected)
  return value
}
