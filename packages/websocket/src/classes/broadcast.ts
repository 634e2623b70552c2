/** Who gets a broadcast. */
export interface BroadcastOptions<Receiver> {
  /** Receivers. Default: all that are open. */
  readonly to?: Iterable<Receiver>
  /** Who of them is left out: one, the sender for example, or several. */
  readonly except?: Receiver | Iterable<Receiver>
  /**
   * What a receiver above its `sendHighWaterMark` gets. `skip`, the default: it misses this message. `send`: it gets it, up to its
   * `maxUnsentSize`; above that its `unsentPolicy` applies, and `throw` counts as `skip` here.
   */
  readonly slow?: 'skip' | 'send'
}

/** What became of a broadcast. */
export interface BroadcastResult {
  /** Receivers that it was sent to. */
  readonly sent: number
  /** Receivers that missed it: too slow, closing, or in the middle of sending another message. */
  readonly skipped: number
}

/**
 * Hands a message to each receiver, by `offer`, which tells whether it was sent. What the system is to be given for them follows at the end
 * of the turn, in slices of some milliseconds between which other events are handled.
 */
export function broadcast<Receiver extends object>(
  all: Iterable<Receiver>,
  { to = all, except, slow = 'skip' }: BroadcastOptions<Receiver>,
  offer: (receiver: Receiver, evenSlow: boolean) => boolean,
): BroadcastResult {
  const excluded = except === undefined ? undefined : new Set<Receiver>(Symbol.iterator in except ? except : [except])
  let sent = 0
  let skipped = 0
  for (const receiver of to) {
    if (excluded?.has(receiver)) continue
    if (offer(receiver, slow === 'send')) sent++
    else skipped++
  }
  return { sent, skipped }
}
