import { clientRule } from '../messages/client-rules.ts'
import { CompactJsonSerializer } from '../serializers/compact-json.ts'
import { resolveLimits, type SerializerLimits } from '../serializers/limits.ts'

/** The serializer `json` of pages. It has the name that the serializer has on Node, takes the same messages and makes the same text. */
export class JsonSerializer extends CompactJsonSerializer {
  /** Throws `ApiMisuse` for limits that do not exist or are not allowed. */
  constructor(limits: Partial<SerializerLimits> = {}) {
    super(clientRule, resolveLimits(limits))
  }
}
