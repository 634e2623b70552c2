import { checkOptions, type OptionChecks, optionCheck } from '../protocol/checks/check-options.ts'

/** How long a `receive()` waits. A message that comes after it was given up is not lost: the next caller gets it. */
export interface ReceiveOptions {
  /** Aborted: gives up, and rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** Seconds after which it gives up, and rejects with a `DOMException` that is named `TimeoutError`. 0, the default, waits as long as it takes. */
  readonly timeout?: number
}

/** Throws `ApiMisuse` for options that `receive` does not have, and for values that they do not take. */
export function checkReceiveOptions(options: ReceiveOptions): void {
  checkOptions(options, checks, 'receive')
}

const checks: OptionChecks<ReceiveOptions> = {
  signal: optionCheck('an AbortSignal', isSignal),
  timeout: optionCheck('a number of seconds, 0 or more', value => typeof value === 'number' && value >= 0),
}

/** By its parts and not by its class, because polyfills and other realms have their own. */
function isSignal(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'aborted' in value && 'addEventListener' in value
}
