import type { Message } from '../messages/message.ts'
import type { Encoded } from '../messages/payload.ts'

/** The names of the serializers: those of the WebSocket subprotocols, `wamp.2.json` and so on. */
export type SerializerName = 'json' | 'msgpack' | 'cbor'

/** Turns messages into their form on the wire and back. A serializer has no state between two messages, so any number of sessions share it. */
export interface Serializer {
  readonly name: SerializerName
  /** Whether messages are octets, and not text. A WebSocket sends them accordingly. */
  readonly isBinary: boolean
  /** The number of the serializer in the handshake of RawSocket. */
  readonly rawSocketId: number

  /**
   * Encodes a message: text for JSON, octets for the others. The octets of a payload that was received in the same serializer are copied,
   * and not decoded. Throws `ApiMisuse` where a value cannot be expressed in WAMP; the error names its place.
   */
  encode(message: Message): Encoded

  /**
   * Decodes and checks a message. Its payload is checked against the data model of WAMP, and decoded only when it is read;
   * `trustsPayload` leaves out the check until then. JSON takes octets too, which are UTF-8.
   *
   * Throws `ProtocolViolation` for everything else than one whole message.
   */
  decode(data: Encoded, trustsPayload?: boolean): Message

  /** Makes one batch of encoded messages, for the batched transports of WebSocket and long-poll. */
  join(messages: readonly Encoded[]): Encoded

  /** Cuts a batch into its messages, which are still encoded. Throws `ProtocolViolation` for a batch that is empty or cut off. */
  split(batch: Encoded): Encoded[]
}
