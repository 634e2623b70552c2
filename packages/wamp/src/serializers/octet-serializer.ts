import type { Message } from '../messages/message.ts'
import { messageRule } from '../messages/message-table.ts'
import type { Encoded } from '../messages/payload.ts'
import { asOctets, joinOctets, splitOctets } from './batches.ts'
import { resolveLimits, type SerializerLimits } from './limits.ts'
import { type OctetFormat, OctetMessageReader } from './octet-message-reader.ts'
import { readMessage } from './read-message.ts'
import type { Serializer, SerializerName } from './serializer.ts'
import { type ValueWriter, writeOctets } from './write-octets.ts'

/** A serializer of a binary format. Those of this folder, CBOR and MessagePack, give it their format, their name and their number. */
export abstract class OctetSerializer implements Serializer {
  abstract readonly name: SerializerName
  abstract readonly rawSocketId: number
  readonly isBinary = true
  readonly #writer: ValueWriter
  readonly #reader: OctetMessageReader

  /** Throws `ApiMisuse` for limits that do not exist or are not allowed. */
  constructor(format: OctetFormat, writer: ValueWriter, limits: Partial<SerializerLimits>) {
    this.#writer = writer
    this.#reader = new OctetMessageReader(format, resolveLimits(limits))
  }

  encode(message: Message): Uint8Array {
    return writeOctets(this.#writer, message)
  }

  decode(data: Encoded, trustsPayload = false): Message {
    return readMessage(messageRule, this.#reader, data, trustsPayload)
  }

  join(messages: readonly Encoded[]): Uint8Array {
    return joinOctets(messages.map(asOctets))
  }

  split(batch: Encoded): Uint8Array[] {
    return splitOctets(asOctets(batch))
  }
}
