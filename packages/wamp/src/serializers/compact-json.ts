import { checkElement, checkWhole, isTooShort, mustBe, ruleOf, wrongLength } from '../messages/check-message.ts'
import type { Message } from '../messages/message.ts'
import type { MessageRule, MessageRules } from '../messages/message-rule.ts'
import { type Encoded, emptyPayload, type Kwargs, type Payload, payloadOf } from '../messages/payload.ts'
import { dict } from '../messages/value-kinds.ts'
import { asText, joinTexts, splitText } from './batches.ts'
import { readCompactJson } from './compact-json-reader.ts'
import { writeCompactJson } from './compact-json-writer.ts'
import { defaultLimits, type SerializerLimits } from './limits.ts'
import { isTransparent } from './read-message.ts'
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
    const all = readCompactJson(asText(data), this.#limits)
    const rule = ruleOf(this.#rules, all[0])
    const length = 1 + rule.elements.length
    const payload = all.slice(length)
    if (isTooShort(rule, all.length - 1) || payload.length > (rule.hasPayload ? 2 : 0)) throw wrongLength(rule, all.length - 1)
    const message = all.slice(0, length)
    for (let n = 1; n < message.length; n++) checkElement(rule, n - 1, message[n])
    checkWhole(rule, message)
    if (payload.length > 0) message.push(read(rule, message, payload))
    return message as unknown as Message
  }

  join(messages: readonly Encoded[]): string {
    return joinTexts(messages.map(asText))
  }

  split(batch: Encoded): string[] {
    return splitText(asText(batch))
  }
}

/** Reads the payload of a message, in which null is one that was left out (decision 138). */
function read({ name }: MessageRule, message: readonly unknown[], [given, keywords]: readonly unknown[]): Payload {
  const args = given ?? emptyPayload.args
  const kwargs = keywords ?? emptyPayload.kwargs
  if (args instanceof Uint8Array && keywords === undefined && isTransparent(message)) return { args: [args], kwargs: {}, transparent: args }
  if (!Array.isArray(args)) throw mustBe(`${name}.Arguments`, 'a list', args)
  if (!dict.holds(kwargs)) throw mustBe(`${name}.ArgumentsKw`, dict.wanted, kwargs)
  return payloadOf(args, kwargs as Kwargs) ?? emptyPayload
}
