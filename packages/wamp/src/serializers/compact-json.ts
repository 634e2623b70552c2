import type { Message } from '../messages/message.ts'
import type { MessageRules } from '../messages/message-rule.ts'
import { type Encoded, emptyPayload, type Kwargs, type Payload, payloadOf } from '../messages/payload.ts'
import { ProtocolViolation } from '../messages/protocol-violation.ts'
import { dict } from '../messages/value-kinds.ts'
import { asText, joinTexts, splitText } from './batches.ts'
import { readCompactJson } from './compact-json-reader.ts'
import { writeCompactJson } from './compact-json-writer.ts'
import { defaultLimits, type SerializerLimits } from './limits.ts'
import { type ElementReader, readMessage } from './read-message.ts'
import type { Serializer } from './serializer.ts'

/**
 * The serializer `json` in less code, for pages: it takes and makes the same messages as `JsonSerializer`. That one builds a payload when it is
 * read, and this one while it is checked, also where the payload is trusted (decision 119).
 */
export class CompactJsonSerializer implements Serializer {
  readonly name = 'json'
  readonly isBinary = false
  readonly rawSocketId = 1
  readonly #rules: MessageRules
  readonly #limits: SerializerLimits

  /** `rules` has the rules of the messages that come and go. The limits are not checked: see `resolveLimits`. */
  constructor(rules: MessageRules, limits: SerializerLimits = defaultLimits) {
    this.#rules = rules
    this.#limits = limits
  }

  encode(message: Message): string {
    return writeCompactJson(message, this.#rules)
  }

  decode(data: Encoded): Message {
    return readMessage(this.#rules, new BuiltElements(readCompactJson(asText(data), this.#limits)), data, false)
  }

  join(messages: readonly Encoded[]): string {
    return joinTexts(messages.map(asText))
  }

  split(batch: Encoded): string[] {
    return splitText(asText(batch))
  }
}

/** The elements of one message, which were built together. */
class BuiltElements implements ElementReader {
  readonly #elements: readonly unknown[]
  #at = 0
  isTransparent = false

  constructor(elements: readonly unknown[]) {
    this.#elements = elements
  }

  begin(): boolean {
    return this.more()
  }

  element(): unknown {
    return this.#elements[this.#at++]
  }

  more(): boolean {
    return this.#at < this.#elements.length
  }

  /** Reads null as left out (decision 138). */
  payload(name: string): Payload {
    const args = this.element() ?? emptyPayload.args
    this.isTransparent = args instanceof Uint8Array
    if (args instanceof Uint8Array) return { args: [args], kwargs: emptyPayload.kwargs, transparent: args }
    if (!Array.isArray(args)) throw new ProtocolViolation(`${name}.Arguments must be a list`)
    const kwargs = this.element() ?? emptyPayload.kwargs
    if (!dict.holds(kwargs)) throw new ProtocolViolation(`${name}.ArgumentsKw must be a dictionary`)
    return payloadOf(args, kwargs as Kwargs) ?? emptyPayload
  }
}
