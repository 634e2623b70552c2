import { type OptionChecks, optionCheck } from '@autobahn-ts/websocket/portable'

/** The options of the stream in which messages are kept. */
export interface HistoryOptions {
  /** The number of NATS servers that have each message: 1, 3 or 5. Default: 1. */
  readonly replicas?: number
  /** The place where NATS keeps messages. Default: `file`. */
  readonly storage?: 'file' | 'memory'
  /** The largest size of the stream in octets; the oldest messages of all channels are discarded above it. Default: 256 MiB. NATS sets so much
   * aside, and refuses the stream where it has less. */
  readonly maxSize?: number
}

export const historyChecks: OptionChecks<HistoryOptions> = {
  replicas: optionCheck('1, 3 or 5', value => value === 1 || value === 3 || value === 5),
  storage: optionCheck("'file' or 'memory'", value => value === 'file' || value === 'memory'),
  maxSize: optionCheck('a whole number of octets above 0', value => Number.isSafeInteger(value) && (value as number) > 0),
}
