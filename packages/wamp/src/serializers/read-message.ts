import { checkElement, checkWhole, isTooShort, ruleOf, wrongLength } from '../messages/check-message.ts'
import type { Message } from '../messages/message.ts'
import type { MessageRules } from '../messages/message-rule.ts'
import type { Encoded, Payload } from '../messages/payload.ts'
import { ProtocolViolation } from '../messages/protocol-violation.ts'

/** Reads the elements of one message in one format. Each method throws `ProtocolViolation`. */
export interface ElementReader {
  /** Begins a message, which must be a list. Returns whether it has an element. */
  begin(data: Encoded): boolean
  /** Reads an element and builds its value. */
  element(): unknown
  /** Tells, once after each element and after the payload, whether another one follows. After the last one nothing may follow. */
  more(): boolean
  /** Reads the payload: `Arguments` or the binary value in its place, and `ArgumentsKw`. `name` is that of the message. */
  payload(name: string, isTrusted: boolean): Payload
  /** Whether the last payload is a binary value. */
  readonly isTransparent: boolean
}

/** Reads a message and checks it. Throws `ProtocolViolation` for everything else than one whole message. */
export function readMessage(rules: MessageRules, reader: ElementReader, data: Encoded, trustsPayload: boolean): Message {
  let more = reader.begin(data)
  const code = more ? reader.element() : undefined
  const rule = ruleOf(rules, code)
  const { elements } = rule
  const message = emptyList(1 + elements.length + (rule.hasPayload ? 1 : 0))
  message[0] = code
  let length = 1
  more = reader.more()
  for (let n = 0; more && n < elements.length; n++) {
    const value = reader.element()
    checkElement(rule, n, value)
    message[length++] = value
    more = reader.more()
  }
  if (isTooShort(rule, length - 1)) throw wrongLength(rule, length - 1)
  const hasPayload = more && rule.hasPayload
  if (hasPayload) message[length++] = reader.payload(rule.name, trustsPayload)
  while (message.length > length) message.pop()
  if (hasPayload) {
    if (reader.isTransparent && !isTransparent(message))
      throw new ProtocolViolation(`${rule.name}.Arguments must be a list, and not binary data`)
    more = reader.more()
  }
  if (more) throw new ProtocolViolation(`${rule.name} has more elements than it may have`)
  checkWhole(rule, message)
  return message as unknown as Message
}

/**
 * Makes a list with room for a message of so many elements. One that grows by `push` gets room for 17: 130 octets more of garbage for each message. Literals
 * are faster than `new Array`, whose lists have holes.
 */
function emptyList(length: number): unknown[] {
  if (length <= 3) return [undefined, undefined, undefined]
  if (length === 4) return [undefined, undefined, undefined, undefined]
  if (length === 5) return [undefined, undefined, undefined, undefined, undefined]
  return [undefined, undefined, undefined, undefined, undefined, undefined]
}

/** Tells whether the options of a message say that a binary value stands in place of its payload. */
export function isTransparent(message: readonly unknown[]): boolean {
  return message.some(each => typeof each === 'object' && each !== null && Object.hasOwn(each, 'enc_algo'))
}

/** The options of most messages: none. */
export const noKeys: Readonly<Record<string, never>> = /* @__PURE__ */ Object.freeze({})
