import type { Bus } from '../bus/bus.ts'
import { isKeepingBus, type KeptHistory } from '../bus/keeping-bus.ts'
import { checkOptions, type OptionChecks, optionCheck } from '../protocol/checks/check-options.ts'
import { wholeNumber } from '../protocol/checks/option-values.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import type { BusSettings } from './bus-line.ts'

/** The options of channels that span processes. */
export interface ChannelBusOptions {
  /** The way to the other processes. Default: none; the channel is one of this process. */
  readonly bus?: Bus
  /**
   * The largest payload that is accepted from the bus, in octets; with 0 there is none. Larger ones are reported to `onError` and dropped. Default:
   * 16 MiB, as `maxMessagePayloadSize`.
   */
  readonly maxBusMessageSize?: number
  /**
   * Has the bus keep the last messages, for members who join with `since`. The messages of the channel then reach all members in one order, those
   * in this process too. Needs a bus that keeps messages: `natsBus` of `@autobahn-ts/nats`. Default: nothing is kept.
   */
  readonly history?: ChannelHistory
}

/** The amount of messages that a channel keeps. */
export interface ChannelHistory {
  /** The number of the last messages. A message that the bus has to cut counts as its pieces. */
  readonly count: number
  /** The age of the oldest message, in seconds. */
  readonly seconds: number
  /**
   * The name under which the bus keeps channels of the same limits together: letters, digits, `_` and `-`. Give channels of other limits on the
   * same bus another name. Default: `history`.
   */
  readonly name?: string
}

/**
 * Returns what lines to the bus need; `undefined` without a bus. Throws `ApiMisuse` for a history without a bus that can keep messages, and for
 * wrong limits.
 */
export function busSettings(options: ChannelBusOptions, failed: (thrown: unknown) => void): BusSettings | undefined {
  const { bus, maxBusMessageSize } = options
  const history = keptHistory(options)
  return bus === undefined ? undefined : { bus, maxMessageSize: maxBusMessageSize ?? defaultMaxBusMessageSize, history, failed }
}

function keptHistory({ bus, history }: ChannelBusOptions): KeptHistory | undefined {
  if (history === undefined) return undefined
  checkOptions<ChannelHistory>(history, historyChecks, 'history')
  const { count, seconds, name = 'history' } = history
  if (count === undefined || seconds === undefined) throw new ApiMisuse('history needs count and seconds')
  if (bus === undefined || !isKeepingBus(bus))
    throw new ApiMisuse('history needs a bus that keeps messages, such as natsBus of @autobahn-ts/nats')
  return { count, seconds, name }
}

export const busChecks: OptionChecks<ChannelBusOptions> = {
  bus: optionCheck('a bus, with publish and subscribe (await the function that makes it, or call connect() of an InProcessBus)', isBus),
  maxBusMessageSize: wholeNumber,
  history: optionCheck('an object with count and seconds', value => typeof value === 'object' && value !== null),
}

const historyChecks: OptionChecks<ChannelHistory> = {
  count: optionCheck('a whole number above 0', value => Number.isSafeInteger(value) && (value as number) > 0),
  seconds: optionCheck(
    'a whole number of seconds from 1 to 1,000,000,000',
    value => Number.isSafeInteger(value) && (value as number) > 0 && (value as number) <= 1e9,
  ),
  name: optionCheck('letters, digits, _ and -, at most 64', value => typeof value === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(value)),
}

function isBus(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { publish, subscribe } = value as Partial<Bus>
  return typeof publish === 'function' && typeof subscribe === 'function'
}

const defaultMaxBusMessageSize = 16 * 1024 * 1024
