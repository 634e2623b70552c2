import type { SerializerLimits } from './limits.ts'
import { buildAllMsgpack, buildMsgpack } from './msgpack-builder.ts'
import { MsgpackScanner } from './msgpack-scanner.ts'
import { msgpackWriter } from './msgpack-writer.ts'
import type { OctetFormat } from './octet-message-reader.ts'
import { OctetSerializer } from './octet-serializer.ts'

/** The serializer `msgpack`: messages are MessagePack, version 5, in which text and binary data differ. */
export class MsgpackSerializer extends OctetSerializer {
  override readonly name = 'msgpack'
  override readonly rawSocketId = 2

  /** Throws `ApiMisuse` for limits that do not exist or are not allowed. */
  constructor(limits: Partial<SerializerLimits> = {}) {
    super(format, msgpackWriter, limits)
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
