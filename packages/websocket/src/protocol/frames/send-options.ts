/**
 * What became of something that was to be sent.
 *
 * - `sent`: it was taken, and more may follow.
 * - `full`: it was taken, and nothing more should be sent until `onDrain`.
 * - `skipped`: it was not taken, since the connection is closing, or by the policy above `maxUnsentSize`.
 */
export type SendOutcome = 'sent' | 'full' | 'skipped'

/** How one message is sent. */
export interface SendOptions {
  /** Octets per frame; the message is cut into frames of this size. Default: the option `autoFragmentSize`. */
  readonly fragmentSize?: number
  /** Leaves the message as it is where an extension would compress it. */
  readonly doNotCompress?: boolean
}

/** How one frame is sent. */
export interface FrameOptions {
  /** The last frame of its message carries FIN itself; without it `endMessage` sends an empty one. */
  readonly final?: boolean
  /** Reserved bits that an extension has claimed: RSV1, RSV2 and RSV3 as 4, 2 and 1. */
  readonly reserved?: number
}
