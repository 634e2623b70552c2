import { type OptionTable, optionRule } from '@autobahn-ts/websocket/portable'

/** Limits of a factory's connections. Sizes are in octets, times in seconds; names and defaults are those of the WebSocket layer. */
export interface SocketOptions {
  readonly maxMessagePayloadSize: number
  readonly closeHandshakeTimeout: number
  readonly sendHighWaterMark: number
  readonly maxUnsentSize: number
}

const MiB = 1024 * 1024

/** The one place where the options stand. Their meanings are short, because they travel with each page. */
export const socketOptions: OptionTable<SocketOptions> = {
  maxMessagePayloadSize: optionRule(MiB, 'Largest incoming message; 0 is no limit.', 'As on Node.', ...octets()),
  closeHandshakeTimeout: optionRule(
    5,
    'Seconds to wait for the answer to our close frame; 0 waits for ever.',
    'As on Node; how long browsers wait differs.',
    'a number of seconds from 0 to 2,000,000',
    value => typeof value === 'number' && value >= 0 && value <= 2_000_000,
  ),
  sendHighWaterMark: optionRule(64 * 1024, 'Unsent octets above which sending returns `false`.', 'As on Node.', ...octets()),
  maxUnsentSize: optionRule(
    16 * MiB,
    'Unsent octets above which the connection is given up; 0 is no limit.',
    'A peer that does not read is no use.',
    ...octets(),
  ),
}

function octets(): [wanted: string, holds: (value: unknown) => boolean] {
  return ['a whole number of octets', value => Number.isSafeInteger(value) && Number(value) >= 0]
}
