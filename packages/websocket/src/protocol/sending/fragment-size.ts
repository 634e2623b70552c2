import { ApiMisuse } from '../faults/errors.ts'
import { shownValue } from '../faults/shown-value.ts'
import type { SendOptions } from '../frames/send-options.ts'

/** Octets per frame; 0 where messages are not cut. A size that cuts nothing is misuse. */
export function fragmentSizeOf({ fragmentSize }: SendOptions, otherwise: number): number {
  if (fragmentSize === undefined) return otherwise
  if (!Number.isSafeInteger(fragmentSize) || fragmentSize <= 0)
    throw new ApiMisuse(`fragmentSize must be a whole number above 0, and not ${shownValue(fragmentSize)}`)
  return fragmentSize
}
