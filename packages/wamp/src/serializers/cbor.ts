import { buildAllCbor, buildCbor } from './cbor-builder.ts'
import { CborScanner } from './cbor-scanner.ts'
import { cborWriter } from './cbor-writer.ts'
import type { SerializerLimits } from './limits.ts'
import type { OctetFormat } from './octet-message-reader.ts'
import { OctetSerializer } from './octet-serializer.ts'

/** The serializer `cbor`: messages are CBOR (RFC 8949). */
export class CborSerializer extends OctetSerializer {
  override readonly name = 'cbor'
  override readonly rawSocketId = 3

  /** Throws `ApiMisuse` for limits that do not exist or are not allowed. */
  constructor(limits: Partial<SerializerLimits> = {}) {
    super(format, cborWriter, limits)
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
