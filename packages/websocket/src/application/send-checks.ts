import { anyValue, checkOptions, type OptionChecks } from '../protocol/checks/check-options.ts'
import { trueOrFalse } from '../protocol/checks/option-values.ts'
import type { FrameOptions, SendOptions } from '../protocol/frames/send-options.ts'

/**
 * Returns the options of one message after a check of their names; an empty object for `undefined`. Sizes are checked where they are used.
 */
export function sendOptions(given: SendOptions | undefined, where: string): SendOptions {
  if (given === undefined) return none
  checkOptions<SendOptions>(given, sendChecks, where)
  return given
}

/** Returns the options of one frame after a check of their names; an empty object for `undefined`. */
export function frameOptions(given: FrameOptions | undefined, where: string): FrameOptions {
  if (given === undefined) return none
  checkOptions<FrameOptions>(given, frameChecks, where)
  return given
}

/** The checks of the options of one frame, by name. */
export const frameChecks: OptionChecks<FrameOptions> = { final: trueOrFalse, reserved: anyValue }

const sendChecks: OptionChecks<SendOptions> = { fragmentSize: anyValue, doNotCompress: trueOrFalse }
const none: SendOptions & FrameOptions = {}
