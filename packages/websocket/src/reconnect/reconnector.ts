import { encodeText } from '../bytes/text.ts'
import { type OptionChecks, optionCheck } from '../protocol/checks/check-options.ts'
import { someFunction } from '../protocol/checks/option-values.ts'
import * as CloseCode from '../protocol/faults/codes.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'
import { closeReason } from '../protocol/frames/close-frame.ts'
import { type ReconnectOptions, Redialer, type RedialerSetup, type Replaceable } from './redialer.ts'

/** Everything that a `Reconnector` is made with. */
export type ReconnectorSetup<C extends Replaceable> = RedialerSetup<C>

/** A `Redialer` that checks what its owner gives it. */
export class Reconnector<C extends Replaceable> extends Redialer<C> {
  /** Throws `ApiMisuse` where `dial` is not a function. */
  constructor(setup: ReconnectorSetup<C>) {
    if (typeof setup.dial !== 'function') throw new ApiMisuse(`dial must be a function, and not ${shownValue(setup.dial)}`)
    super(setup)
  }

  /**
   * Closes for good; resolves when the connection is gone. Rejects with `ApiMisuse` for a code or a reason that cannot be sent, and then closes
   * nothing.
   */
  override async close(code: number = CloseCode.Normal, reason = ''): Promise<void> {
    closeReason(code, reason, { encode: encodeText })
    return super.close(code, reason)
  }
}

/** The names of `ReconnectOptions`, and the values that each takes. */
export const reconnectOptions: OptionChecks<ReconnectOptions> = {
  reconnect: optionCheck(
    'false, or an object of options ({} takes the defaults)',
    value => value === false || (typeof value === 'object' && value !== null && !Array.isArray(value)),
  ),
  onLost: someFunction,
  onError: someFunction,
}
