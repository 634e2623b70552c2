/**
 * The reason for which a bus did not take what it was asked to.
 *
 * - `unreachable`: the other participants cannot be reached now.
 * - `refused`: this participant may not do that.
 * - `too-large`: the octets are more than the bus carries, now or at all.
 */
export type BusErrorReason = 'unreachable' | 'refused' | 'too-large'

/** A bus did not take octets or a subscription. What the promises of a `Bus` reject with, except for misuse. */
export class BusError extends Error {
  override readonly name = 'BusError'
  readonly code: 'ERR_BUS' = 'ERR_BUS'
  readonly reason: BusErrorReason

  constructor(reason: BusErrorReason, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.reason = reason
  }
}
