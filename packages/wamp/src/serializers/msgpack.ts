import type { Message } from '../messages/message.ts'
import { messageRule } from '../messages/message-table.ts'
import type { Encoded } from '../messages/payload.ts'
import { asOctets, joinOctets, splitOctets } from './batches.ts'
import { resolveLimits, type SerializerLimits } from './limits.ts'
import { buildAllMsgpack, buildMsgpack } from './msgpack-builder.ts'
import { MsgpackScanner } from './msgpack-scanner.ts'
import { msgpackWriter } from './msgpack-writer.ts'
import { type OctetFormat, OctetMessageReader } from './octet-message-reader.ts'
import { readMessage } from './read-message.ts'
import type { Serializer } from './serializer.ts'
import { writeOctets } from './write-octets.ts'

/** The serializer `msgpack`: messages are MessagePack, version 5, in which text and binary data differ. */
export class MsgpackSerializer implements Serializer {
  readonly name = 'msgpack'
  readonly isBinary = true
  readonly rawSocketId = 2
  readonly #reader: OctetMessageReader

  /** Throws `ApiMisuse` for limits that do not exist or are not allowed. */
  constructor(limits: Partial<SerializerLimits> = {}) {
    this.#reader = new OctetMessageReader(format, resolveLimits(limits))
  }

  encode(message: Message): Uint8Array {
    return writeOctets(msgpackWriter, message)
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
  name: 'msgpack',
  emptyDictionary: 0x80,
  endsOfNull: [0xc0, 0x00],
  scanner: limits => new MsgpackScanner(limits),
  build: buildMsgpack,
  buildAll: buildAllMsgpack,
}
