import { checkOptions, type OptionCheck, type OptionChecks, optionCheck } from '../protocol/checks/check-options.ts'
import { upToAnHour } from '../protocol/checks/option-values.ts'
import { type BackoffOptions, Delays } from './delays.ts'

/** Counts tries, and says how long to wait before the next, by options that it checks. It has no timer of its own. */
export class Backoff extends Delays {
  /** Throws `ApiMisuse` for options that do not exist or do not fit. `random` gives numbers from 0 up to, and without, 1. */
  constructor(options: BackoffOptions, random: () => number) {
    checkBackoff(options)
    super(options, random)
  }
}

/** Checks the options of a `Reconnector`, which does not: pages load the words of mistakes when there are any. Throws `ApiMisuse`. */
export function checkBackoff(options: BackoffOptions): void {
  checkOptions<BackoffOptions>(options, backoffChecks, 'reconnect')
}

/** Accepts the numbers from `least` to `most`. */
function from(least: number, most = 2_000_000): OptionCheck {
  return optionCheck(`a number from ${least} to ${most}`, value => typeof value === 'number' && value >= least && value <= most)
}

/** The names of `BackoffOptions`, and the values that each takes. */
export const backoffChecks: OptionChecks<BackoffOptions> = {
  initialDelay: upToAnHour,
  growth: from(1),
  maxDelay: upToAnHour,
  jitter: from(0, 1),
  maxRetries: from(0, Number.POSITIVE_INFINITY),
}
