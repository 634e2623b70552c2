import { ApiMisuse } from '../faults/errors.ts'
import { shownValue } from '../faults/shown-value.ts'
import type { SendOptions } from '../frames/send-options.ts'

/**
 * Returns the octets per frame of a message: its own option, else `otherwise`; 0 where it is not cut. Throws `ApiMisuse` for a size that is
 * not a whole number above 0.
 */
export function fragmentSizeOf({ fragmentSize }: SendOptions, otherwise: number): number {
  if (fragmentSize === undefined) return otherwise
  if (!Number.isSafeInteger(fragmentSize) || fragmentSize <= 0)
    throw new ApiMisuse(`fragmentSize must be a whole number above 0, and not ${shownValue(fragmentSize)}`)
  return fragmentSize
}
