import type { CommonOptions } from '../options/options.ts'

/** The options that limit what a connection may have unsent, in octets, and say what follows. */
export type UnsentOptions = Pick<CommonOptions, 'sendHighWaterMark' | 'maxUnsentSize' | 'unsentPolicy'>

/** Tells whether so many unsent octets are above the high-water mark, where callers are asked to stop until `onDrain`. */
export function isAboveMark(unsent: number, { sendHighWaterMark }: UnsentOptions): boolean {
  return unsent > sendHighWaterMark
}

/** Tells whether so many unsent octets are above `maxUnsentSize`, where nothing new is taken. */
export function isAboveLimit(unsent: number, { maxUnsentSize }: UnsentOptions): boolean {
  return maxUnsentSize !== 0 && unsent > maxUnsentSize
}

/**
 * Tells whether so many unsent octets are too many for the rest of a message that is begun. Under the policy `skip` the rest may take as
 * much again as `maxUnsentSize`: it cannot be skipped, since a hole in a message would break the stream.
 */
export function isAboveLimitOfRest(unsent: number, { maxUnsentSize, unsentPolicy }: UnsentOptions): boolean {
  return maxUnsentSize !== 0 && unsent > (unsentPolicy === 'skip' ? 2 * maxUnsentSize : maxUnsentSize)
}

/** Returns the text of the error for so many unsent octets, above the limit. */
export function tooMuchUnsent(unsent: number, { maxUnsentSize }: UnsentOptions): string {
  return `${unsent} octets are unsent, above the limit of ${maxUnsentSize}: the peer reads too slowly`
}

/**
 * Returns the octets of broadcasts that a connection below its mark may take without asking how much is unsent: so few that they cannot
 * bring it above `maxUnsentSize`. To ask costs more than all else that is done to take the message of a broadcast.
 */
export function uncheckedOctets({ sendHighWaterMark, maxUnsentSize }: UnsentOptions): number {
  return maxUnsentSize === 0 ? mostUnchecked : Math.min(mostUnchecked, maxUnsentSize - sendHighWaterMark)
}

const mostUnchecked = 16 * 1024
