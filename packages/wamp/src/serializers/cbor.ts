import type { Message } from '../messages/message.ts'
import { messageRule } from '../messages/message-table.ts'
import type { Encoded } from '../messages/payload.ts'
import { asOctets, joinOctets, splitOctets } from './batches.ts'
import { buildAllCbor, buildCbor } from './cbor-builder.ts'
import { CborScanner } from './cbor-scanner.ts'
import { cborWriter } from './cbor-writer.ts'
import { resolveLimits, type SerializerLimits } from './limits.ts'
import { type OctetFormat, OctetMessageReader } from './octet-message-reader.ts'
import { readMessage } from './read-message.ts'
import type { Serializer } from './serializer.ts'
import { writeOctets } from './write-octets.ts'

/** The serializer `cbor`: messages are CBOR (RFC 8949). */
export class CborSerializer implements Serializer {
  readonly name = 'cbor'
  readonly isBinary = true
  readonly rawSocketId = 3
  readonly #reader: OctetMessageReader

  /** Throws `ApiMisuse` for limits that do not exist or are not allowed. */
  constructor(limits: Partial<SerializerLimits> = {}) {
    this.#reader = new OctetMessageReader(format, resolveLimits(limits))
  }

  encode(message: Message): Uint8Array {
    return writeOctets(cborWriter, message)
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

const format: OctetFormat = {
  name: 'cbor',
  emptyDictionary: 0xa0,
  endsOfNull: [0xf6, 0xf7],
  scanner: limits => new CborScanner(limits),
  build: buildCbor,
  buildAll: buildAllCbor,
}
