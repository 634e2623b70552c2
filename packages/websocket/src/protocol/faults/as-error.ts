/**
 * Makes an error of what was thrown. An error stays the same object, as long as its `message` is text that can be read.
 *
 * Applications can throw anything: an object without a prototype, a revoked proxy, an error with a getter that throws. Each becomes an error that says
 * so, because code that reports what was thrown must not throw in turn.
 */
export function asError(thrown: unknown): Error {
  try {
    if (!(thrown instanceof Error)) return new Error(String(thrown))
    if (typeof thrown.message === 'string') return thrown
  } catch {
    return new Error('something was thrown that is no error and cannot be printed')
  }
  return new Error('an error was thrown whose message is not text')
}

/** Whether a value is an error, also one of another realm. Never throws. */
export function isError(value: unknown): value is Error {
  try {
    return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]'
  } catch {
    return false
  }
}
