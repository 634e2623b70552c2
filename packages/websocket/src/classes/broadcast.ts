import { checkOptions, type OptionCheck, optionCheck } from '../protocol/check-options.ts'
import { oneOf } from '../protocol/option-values.ts'

/** The receivers of a broadcast, and what happens to slow ones. */
export interface BroadcastOptions<Receiver> {
  /** Receivers. Default: all that are open. */
  readonly to?: Iterable<Receiver>
  /** Receivers that are left out: one, the sender for example, or several. */
  readonly except?: Receiver | Iterable<Receiver>
  /**
   * How slow receivers are treated. Default: `send`.
   *
   * `send`: the message waits for them, up to their `maxUnsentSize`; above that their `unsentPolicy` applies, where `throw` counts as skipped.
   * `skip`: a receiver misses the message while it is above its `sendHighWaterMark` with octets that were waiting before this turn of the event
   * loop began. What this turn has brought makes nobody slow.
   */
  readonly slow?: 'skip' | 'send'
}

/** The outcome of a broadcast. */
export interface BroadcastResult<Receiver = unknown> {
  /** Number of receivers that the message was sent to. */
  readonly sent: number
  /**
   * Number of receivers that missed it: too slow, closing, or in the middle of sending another message; for a `PreparedFrame` also those on which
   * no extension claims it.
   */
  readonly skipped: number
  /** The receivers that missed it. */
  readonly skippedMembers: readonly Receiver[]
}

/**
 * Hands a message to each receiver, by `offer`, which tells whether it was sent. The system calls for them follow at the end of the turn, in
 * slices of some milliseconds between which other events are handled.
 */
export function broadcast<Receiver extends object>(
  all: Iterable<Receiver>,
  options: BroadcastOptions<Receiver>,
  offer: (receiver: Receiver, evenSlow: boolean) => boolean,
): BroadcastResult<Receiver> {
  checkOptions<BroadcastOptions<Receiver>>(options, broadcastOptions, 'broadcast')
  const { to = all, except, slow = 'send' } = options
  const excluded = except === undefined ? undefined : new Set<Receiver>(Symbol.iterator in except ? except : [except])
  let sent = 0
  const skippedMembers: Receiver[] = []
  for (const receiver of to) {
    if (excluded?.has(receiver)) continue
    if (offer(receiver, slow === 'send')) sent++
    else skippedMembers.push(receiver)
  }
  return { sent, skipped: skippedMembers.length, skippedMembers }
}

const broadcastOptions: { readonly [name in keyof BroadcastOptions<object>]-?: OptionCheck } = {
  to: optionCheck('something to iterate over', value => typeof value === 'object' && value !== null && Symbol.iterator in value),
  except: optionCheck('a receiver, or several of them', value => typeof value === 'object' && value !== null),
  slow: oneOf('skip', 'send'),
}
