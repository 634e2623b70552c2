/**
 * Makes an error of a thrown value. An error stays the same object, as long as its `message` is text that can be read.
 *
 * Applications can throw anything: an object without a prototype, a revoked proxy, an error with a getter that throws. Each becomes an error that says so, because code that reports errors must not throw in turn.
 */
export function asError(thrown: unknown): Error {
  try {
    if (!(thrown instanceof Error)) return new Error(String(thrown))
    if (typeof thrown.message === 'string') return thrown
  } catch {
    return new Error('the thrown value is not an error and cannot be printed')
  }
  return new Error('an error was thrown whose message is not text')
}

/** Whether a value is an error, even of another realm. Never throws. */
export function isError(value: unknown): value is Error {
  try {
    return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]'
  } catch {
    return false
  }
}
