import { anyValue, checkOptions, type OptionChecks } from '../protocol/checks/check-options.ts'
import { trueOrFalse } from '../protocol/checks/option-values.ts'
import type { FrameOptions, SendOptions } from '../protocol/frames/send-options.ts'

/** Gives the options of one message after a check of their names; none where none were given. Sizes are checked where they are used. */
export function sendOptions(given: SendOptions | undefined, where: string): SendOptions {
  if (given === undefined) return none
  checkOptions<SendOptions>(given, sendChecks, where)
  return given
}

/** Gives the options of one frame after a check of their names; none where none were given. */
export function frameOptions(given: FrameOptions | undefined, where: string): FrameOptions {
  if (given === undefined) return none
  checkOptions<FrameOptions>(given, frameChecks, where)
  return given
}

/** The names of the options of one frame, and the values that each takes. */
export const frameChecks: OptionChecks<FrameOptions> = { final: trueOrFalse, reserved: anyValue }

const sendChecks: OptionChecks<SendOptions> = { fragmentSize: anyValue, doNotCompress: trueOrFalse }
const none: SendOptions & FrameOptions = {}
