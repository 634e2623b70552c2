import { type OptionTable, optionRule } from '@autobahn-ts/websocket/portable'

/** The options of all transports, on both sides. Times are in seconds and sizes in octets. */
export interface TransportOptions {
  readonly maxMessageSize: number
  readonly maxSendSize: number
  readonly highWaterMark: number
  readonly maxUnsentSize: number
  readonly handshakeTimeout: number
  readonly closeTimeout: number
  readonly pingInterval: number
  readonly pingTimeout: number
}

const MiB = 1024 * 1024

/** The options of all transports: their defaults, meanings and values. */
export const transportOptions: OptionTable<TransportOptions> = {
  maxMessageSize: optionRule(
    16 * MiB,
    'Largest message that is taken, from 512. A RawSocket peer is told; it counts by powers of two, so it is told the one below.',
    'The largest message that RawSocket can carry; bounds memory per connection.',
    'a whole number of octets from 512',
    v => isCount(v) && v >= 512,
  ),
  maxSendSize: optionRule(
    16 * MiB,
    'Largest message that is sent. A RawSocket peer may take less; other peers do not tell.',
    'The default of what peers take.',
    'a whole number of octets from 512',
    v => isCount(v) && v >= 512,
  ),
  highWaterMark: optionRule(
    64 * 1024,
    'Unsent octets above which `isWritable` is false; `onWritable` follows.',
    'About as much as one socket accepts at once: enough to keep it busy.',
    'a whole number of octets',
    isCount,
  ),
  maxUnsentSize: optionRule(
    32 * MiB,
    'Unsent octets above which the connection is dropped.',
    'Twice the largest message. A session that looks at `isWritable` never comes near.',
    'a whole number of octets above 0',
    v => isCount(v) && v > 0,
  ),
  handshakeTimeout: optionRule(
    5,
    'The time for the opening handshake; 0 waits for ever. A server gives the first octet and TLS the same time.',
    'Enough for a distant peer; an absolute deadline, however slowly octets come.',
    ...seconds(),
  ),
  closeTimeout: optionRule(
    5,
    'The time that a peer has to take what was sent before the transport was closed.',
    'A peer that has not read it until then does not read.',
    'a number of seconds from 0.001 to 2,000,000',
    v => isSeconds(v) && v >= 0.001,
  ),
  pingInterval: optionRule(
    20,
    'The silence after which a ping is sent; 0 never pings. A long-poll transport has polls in their place.',
    'Below the 30 to 60 s after which proxies and NATs drop a connection.',
    ...seconds(),
  ),
  pingTimeout: optionRule(
    20,
    'The time to wait for a sign of life after a ping before the connection is dropped; 0 waits for ever.',
    'With the interval, a dead peer is found within 45 s.',
    ...seconds(),
  ),
}

type Kind = [wanted: string, holds: (value: unknown) => boolean]

function seconds(): Kind {
  return ['a number of seconds from 0 to 2,000,000', isSeconds]
}

function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 2_000_000
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
