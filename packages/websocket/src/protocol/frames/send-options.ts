import { ApiMisuse } from '../faults/errors.ts'
import { shownValue } from '../faults/shown-value.ts'

/**
 * The outcome of sending.
 *
 * - `sent`: accepted, and more may follow.
 * - `full`: accepted, but nothing more should be sent until `onDrain`.
 * - `skipped`: not sent, because the connection is closing, or by the policy above `maxUnsentSize`.
 */
export type SendOutcome = 'sent' | 'full' | 'skipped'

/** The options for sending one message. */
export interface SendOptions {
  /** Octets per frame; the message is cut into frames of this size. Default: the option `autoFragmentSize`. */
  readonly fragmentSize?: number
  /** Whether an extension must not compress the message. */
  readonly doNotCompress?: boolean
}

/** The options for sending one frame. */
export interface FrameOptions {
  /** Whether this is the last frame of its message; without it `endMessage` sends an empty last frame. */
  readonly final?: boolean
  /**
   * Reserved bits that an extension has claimed: RSV1, RSV2 and RSV3 as 4, 2 and 1. Those of an extension that transforms messages, such as
   * RSV1 of permessage-deflate, may be set on the first frame of a message only (RFC 7692 §6): else `ApiMisuse`.
   */
  readonly reserved?: number
}

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
