import { checkOptions, type OptionChecks, optionCheck } from '../protocol/checks/check-options.ts'
import { abortSignal } from '../protocol/checks/option-values.ts'

/** The time that a `receive()` waits. A message that comes after it has given up is not lost: the next caller gets it. */
export interface ReceiveOptions {
  /** A signal that makes the call give up when it is aborted; the call rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /**
   * Seconds after which the call gives up and rejects with a `DOMException` named `TimeoutError`. Default: 0, which waits without a limit.
   */
  readonly timeout?: number
}

/** Checks the options of `receive`, or of another method that waits for a message. Throws `ApiMisuse` for unknown ones and for values of the wrong type. */
export function checkReceiveOptions(options: ReceiveOptions, where = 'receive'): void {
  checkOptions(options, checks, where)
}

/** Returns the options that are set, after the same checks, in a plain object: callers may give an instance of a class. */
export function checkedReceiveOptions(options: ReceiveOptions, where?: string): ReceiveOptions {
  checkReceiveOptions(options, where)
  const { signal, timeout } = options
  return { ...(signal && { signal }), ...(timeout && { timeout }) }
}

const checks: OptionChecks<ReceiveOptions> = {
  signal: abortSignal,
  timeout: optionCheck('a number of seconds, 0 or more', value => typeof value === 'number' && value >= 0),
}
