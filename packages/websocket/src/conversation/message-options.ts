import { anyValue, checkOptions, type OptionChecks } from '../protocol/checks/check-options.ts'
import { abortSignal, trueOrFalse } from '../protocol/checks/option-values.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'
import type { SendOptions } from '../protocol/frames/send-options.ts'

/** The options for sending one message in function style. */
export interface MessageOptions extends SendOptions {
  /**
   * Whether the message is binary. Default: a string is text, everything else is binary. With `false`, octets must be UTF-8, which is
   * checked: whole octets before anything is sent, and a source piece by piece.
   */
  readonly binary?: boolean
  /**
   * A signal that gives the call up when it is aborted; the call rejects with the signal's reason. A message that waits behind another one
   * is not sent then. A source that has begun fails the connection with 1011, because its message cannot be completed. A whole message that
   * was taken is sent all the same: only the waiting ends, and its octets belong to the connection until `bufferedAmount` is 0.
   */
  readonly signal?: AbortSignal
}

/** Checks the options of `send`. Throws `ApiMisuse` for unknown ones and for values of the wrong type. */
export function checkMessageOptions(options: MessageOptions, where = 'send'): void {
  if (typeof options === 'function')
    throw new ApiMisuse(`the options of ${where} must be an object, and not ${shownValue(options)}: await the promise that it returns`)
  checkOptions<MessageOptions>(options, checks, where)
}

const checks: OptionChecks<MessageOptions> = {
  binary: trueOrFalse,
  // checked where it is used, because a message in class style has it too
  fragmentSize: anyValue,
  doNotCompress: trueOrFalse,
  signal: abortSignal,
}
