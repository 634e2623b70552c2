import { ApiMisuse, type Octets } from '@autobahn-ts/websocket/portable'
import type { Message } from '../messages/message.ts'
import type { Encoded } from '../messages/payload.ts'
import type { Serializer, SerializerName } from '../serializers/serializer.ts'
import { octetsOf } from './check-size.ts'
import type { MessageFormat, PreparedMessage } from './message-transport.ts'

/** The kinds of transports that carry encoded messages. */
export type EncodedKind = 'websocket' | 'websocket.batched' | 'rawsocket' | 'longpoll' | 'longpoll.batched' | 'memory'

/**
 * Returns the format of a kind of transport and a serializer. Equal arguments give the same object, so that a router prepares an event once
 * for all transports of one format.
 */
export function encodedFormat(kind: EncodedKind, serializer: Serializer): EncodedFormat {
  const known = formats.get(serializer) ?? new Map<EncodedKind, EncodedFormat>()
  formats.set(serializer, known)
  const format = known.get(kind) ?? new EncodedFormat(serializer)
  known.set(kind, format)
  return format
}

const formats = new WeakMap<Serializer, Map<EncodedKind, EncodedFormat>>()

/** A format whose messages are encoded by a serializer. */
export class EncodedFormat implements MessageFormat {
  readonly #serializer: Serializer

  constructor(serializer: Serializer) {
    this.#serializer = serializer
  }

  get serializer(): SerializerName {
    return this.#serializer.name
  }

  prepare(message: Message): EncodedMessage {
    return new EncodedMessage(this, this.#serializer.encode(message))
  }

  /** Returns a message that this format has prepared. Throws `ApiMisuse` for any other. */
  own(prepared: PreparedMessage): EncodedMessage {
    if (prepared instanceof EncodedMessage && prepared.format === this) return prepared
    throw new ApiMisuse('sendPrepared takes a message that the format of this transport has prepared, and not another one')
  }
}

/** A message that was encoded once, for any number of transports of one format. */
export class EncodedMessage implements PreparedMessage {
  readonly format: EncodedFormat
  readonly encoded: Encoded
  #octets: Octets | undefined
  /** The message as its kind of transport writes it, with a header for example. The first transport that sends it makes that. */
  framed: unknown

  constructor(format: EncodedFormat, encoded: Encoded) {
    this.format = format
    this.encoded = encoded
  }

  get octets(): Octets {
    this.#octets ??= octetsOf(this.encoded)
    return this.#octets
  }

  get size(): number {
    return this.octets.length
  }
}
