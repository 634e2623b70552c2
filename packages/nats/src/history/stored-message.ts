import type { Octets } from '@autobahn-ts/websocket/portable'

/** A message of a stream of NATS, or a piece of a message of a channel. */
export interface StoredMessage {
  /** The name on NATS under which it was published. */
  readonly name: string
  readonly data: Octets
  /** Its number in the stream. */
  readonly sequence: number
  /** The moment at which it was stored, in milliseconds since 1970. */
  readonly time: number
}

/** The part of a message from a consumer that its reply subject has. */
export interface Delivery {
  readonly sequence: number
  /** The number among the messages that the consumer has delivered, from 1 on. */
  readonly delivery: number
  readonly time: number
}

/**
 * Reads the reply subject of a message from a consumer. Returns `undefined` where it is not one.
 *
 * It is `$JS.ACK.<stream>.<consumer>.<attempts>.<sequence>.<delivery>.<nanoseconds>.<pending>`, and with a domain
 * `$JS.ACK.<domain>.<account>.<stream>.…`.
 */
export function readDelivery(reply: string | undefined): Delivery | undefined {
  const tokens = reply?.split('.') ?? []
  if (tokens[0] !== '$JS' || tokens[1] !== 'ACK' || (tokens.length !== 9 && tokens.length < 11)) return undefined
  const at = tokens.length === 9 ? 5 : 7
  const [sequence = Number.NaN, delivery = Number.NaN, nanoseconds = Number.NaN] = tokens.slice(at, at + 3).map(Number)
  if (!Number.isSafeInteger(sequence) || !Number.isSafeInteger(delivery) || Number.isNaN(nanoseconds)) return undefined
  return { sequence, delivery, time: Math.floor(nanoseconds / 1e6) }
}
