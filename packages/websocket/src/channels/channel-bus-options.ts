import type { Bus } from '../bus/bus.ts'
import type { ErrorReport } from '../conversation/function-factories.ts'
import { type OptionChecks, optionCheck } from '../protocol/checks/check-options.ts'
import { wholeNumber } from '../protocol/checks/option-values.ts'
import { asError } from '../protocol/faults/as-error.ts'
import { guarded, printError } from '../protocol/hooks/guarded.ts'
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
}

/** Returns what lines to the bus need; `undefined` without a bus. */
export function busSettings({ bus, maxBusMessageSize }: ChannelBusOptions, failed: (thrown: unknown) => void): BusSettings | undefined {
  return bus === undefined ? undefined : { bus, maxMessageSize: maxBusMessageSize ?? defaultMaxBusMessageSize, failed }
}

/** Returns a function that passes what was thrown to `onError`, or prints it. Never throws: what `onError` throws is printed. */
export function reporting(onError: ErrorReport | undefined): (thrown: unknown) => void {
  return thrown => guarded(() => (onError === undefined ? printError(thrown) : onError(asError(thrown))), printError)
}

export const busChecks: OptionChecks<ChannelBusOptions> = {
  bus: optionCheck('a bus, with publish and subscribe (await the function that makes it, or call connect() of an InProcessBus)', isBus),
  maxBusMessageSize: wholeNumber,
}

function isBus(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { publish, subscribe } = value as Partial<Bus>
  return typeof publish === 'function' && typeof subscribe === 'function'
}

const defaultMaxBusMessageSize = 16 * 1024 * 1024
