import { checkOptions, type OptionCheck, optionCheck } from '../protocol/checks/check-options.ts'
import { oneOf } from '../protocol/checks/option-values.ts'
import { PreparedFrame } from '../protocol/extending/prepared-frame.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import { shownValue } from '../protocol/faults/shown-value.ts'
import type { PreparedMessage } from '../protocol/sending/prepared-message.ts'
import type { WebSocketProtocol } from './protocol.ts'
import { parts } from './protocol-parts.ts'

/** The receivers of a broadcast, and the treatment of slow ones. */
export interface BroadcastOptions<Receiver> {
  /** The receivers. Default: all open connections. */
  readonly to?: Iterable<Receiver>
  /** Receivers to leave out: one, such as the sender, or several. */
  readonly except?: Receiver | Iterable<Receiver>
  /**
   * The treatment of slow receivers. Default: `send`.
   *
   * `send`: the message waits for them, up to their `maxUnsentSize`; above that their `unsentPolicy` applies, where `throw` counts as
   * skipped.
   *
   * `skip`: a receiver misses the message while it is above its `sendHighWaterMark` with octets that were waiting before this turn of the
   * event loop began. Octets that were sent in this turn make no receiver slow.
   */
  readonly slow?: 'skip' | 'send'
}

/** The outcome of a broadcast. */
export interface BroadcastResult<Receiver = unknown> {
  /** The number of receivers that the message was sent to. */
  readonly sent: number
  /**
   * The number of receivers that missed it: too slow, closing, or in the middle of sending another message; for a `PreparedFrame` also
   * those on which no extension claims it.
   */
  readonly skipped: number
  /** The receivers that missed it. */
  readonly skippedMembers: readonly Receiver[]
}

/**
 * Offers a message to each receiver; `offer` tells whether it was taken. The system calls follow at the end of the turn, in slices of about
 * a millisecond between which other events are handled.
 *
 * Throws `ApiMisuse`, before anything is sent, where `to` contains a value for which `isReceiver` returns `false`.
 */
export function broadcast<Receiver extends object>(
  all: Iterable<Receiver>,
  options: BroadcastOptions<Receiver>,
  isReceiver: (value: unknown) => boolean,
  offer: (receiver: Receiver, evenSlow: boolean) => boolean,
): BroadcastResult<Receiver> {
  checkOptions<BroadcastOptions<Receiver>>(options, broadcastOptions, 'broadcast')
  const { except, slow = 'send' } = options
  const to = options.to === undefined ? all : checkedReceivers(options.to, isReceiver)
  const excluded = except === undefined ? undefined : new Set<Receiver>(Symbol.iterator in except ? listOf('except', except) : [except])
  let sent = 0
  const skippedMembers: Receiver[] = []
  for (const receiver of to) {
    if (excluded?.has(receiver)) continue
    if (offer(receiver, slow === 'send')) sent++
    else skippedMembers.push(receiver)
  }
  return { sent, skipped: skippedMembers.length, skippedMembers }
}

/** Offers a message or frame of a broadcast to one connection, and tells whether it was taken. */
export function offerTo(protocol: WebSocketProtocol, prepared: PreparedMessage | PreparedFrame, evenSlow: boolean): boolean {
  const { outbox } = protocol[parts].connection
  return prepared instanceof PreparedFrame ? outbox.offerFrame(prepared, evenSlow) : outbox.offer(prepared, evenSlow)
}

/** Returns a copy of the receivers, so that all of them are checked before the first is sent to. */
function checkedReceivers<Receiver>(to: Iterable<Receiver>, isReceiver: (value: unknown) => boolean): readonly Receiver[] {
  const receivers = listOf('to', to)
  for (const receiver of receivers) {
    if (!isReceiver(receiver)) throw new ApiMisuse(`broadcast sends to connections, not to ${shownValue(receiver)}`)
  }
  return receivers
}

/** Returns the values as an array. Throws `ApiMisuse` for objects that only look iterable, such as a proxy of octets. */
function listOf<Receiver>(option: string, values: Iterable<Receiver>): readonly Receiver[] {
  try {
    return [...values]
  } catch (error) {
    throw new ApiMisuse(`option ${option} of broadcast must be iterable, not ${shownValue(values)}`, { cause: error })
  }
}

const broadcastOptions: { readonly [name in keyof BroadcastOptions<object>]-?: OptionCheck } = {
  to: optionCheck('an iterable object', value => typeof value === 'object' && value !== null && Symbol.iterator in value),
  except: optionCheck('a receiver, or several of them', value => typeof value === 'object' && value !== null),
  slow: oneOf('skip', 'send'),
}
