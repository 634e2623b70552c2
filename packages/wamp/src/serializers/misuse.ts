import { ApiMisuse } from '@autobahn-ts/websocket/portable'
import type { Message } from '../messages/message.ts'
import type { MessageRule } from '../messages/message-rule.ts'
import { writeCompactJson } from './compact-json-writer.ts'

/** Thrown by writers for a value that WAMP cannot express. It does not name the value; `misuse` finds the place. */
export const unsendable: Error = /* @__PURE__ */ new Error('a value cannot be expressed in WAMP')

/**
 * Makes the error of a message that could not be written: it names the first value that WAMP cannot express. The writer of compact JSON finds it,
 * because it keeps the place of what it writes.
 */
export function misuse(message: Message, rule: MessageRule | undefined): unknown {
  try {
    writeCompactJson(message, () => rule)
  } catch (error) {
    return error
  }
  return new ApiMisuse(`a value of ${rule?.name} changed while it was written`)
}
