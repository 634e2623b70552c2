import type { Message } from './message.ts'
import { UNSUBSCRIBED } from './message-codes.ts'
import type { ElementRule, MessageRule, MessageRules } from './message-rule.ts'
import { messageRule } from './message-table.ts'
import { ProtocolViolation } from './protocol-violation.ts'

/**
 * Checks the elements of a message, but for its payload, against the table of messages. Throws `ProtocolViolation`, which names the message
 * and the element.
 */
export function checkMessage(message: readonly unknown[]): asserts message is Message {
  const rule = ruleOf(messageRule, message[0])
  const length = message.length - 1
  const isTooLong = length > rule.elements.length + (rule.hasPayload ? 1 : 0)
  if (isTooLong || isTooShort(rule, length)) throw wrongLength(rule, length)
  for (let n = 0; n < rule.elements.length && n < length; n++) checkElement(rule, n, message[n + 1])
  checkWhole(rule, message)
}

/** Returns the rules of a message by its code. Throws `ProtocolViolation` for what is not a code of WAMP. */
export function ruleOf(rules: MessageRules, code: unknown): MessageRule {
  const rule = rules(code)
  if (rule === undefined) throw mustBe('the code of a message', 'one of WAMP', code)
  return rule
}

/** Checks the element of a message at an index, where 0 is the one after the code. Throws `ProtocolViolation`. */
export function checkElement(rule: MessageRule, index: number, value: unknown): void {
  const element = rule.elements[index]!
  if (!element.kind.holds(value)) throw mustBe(nameOf(rule, element), element.kind.wanted, value)
  if (typeof value === 'object') checkKeys(rule, element, value as Readonly<Record<string, unknown>>)
}

/** Returns the name of an element in a fault. It is put together only then: a text for each element of each message would be garbage. */
function nameOf(rule: MessageRule, element: ElementRule): string {
  return `${rule.name}.${element.name}`
}

/** Checks what concerns more than one element of a message, after each has been checked by itself. Throws `ProtocolViolation`. */
export function checkWhole(rule: MessageRule, message: readonly unknown[]): void {
  if (message[1] !== 0) return
  // a revocation: no request has asked for it
  const key = rule.code === UNSUBSCRIBED ? 'subscription' : 'registration'
  const details = message[2] as Readonly<Record<string, unknown>> | undefined
  if (details?.[key] === undefined) throw missing(`${rule.name}.Details.${key}`)
}

/** Tells whether a message lacks an element; `length` does not count the code. */
export function isTooShort(rule: MessageRule, length: number): boolean {
  return length < rule.requiredLength
}

/** Makes the fault of a message that has more or fewer elements than its kind; `length` does not count the code. */
export function wrongLength(rule: MessageRule, length: number): ProtocolViolation {
  const least = 1 + rule.requiredLength
  const most = 1 + rule.elements.length + (rule.hasPayload ? 2 : 0)
  return new ProtocolViolation(`${rule.name} must have ${least === most ? least : `${least} to ${most}`} elements, and not ${1 + length}`)
}

/** Makes the fault of a value of the wrong kind. */
export function mustBe(name: string, wanted: string, value: unknown): ProtocolViolation {
  return new ProtocolViolation(`${name} must be ${wanted}, and not ${shown(value)}`)
}

function checkKeys(rule: MessageRule, element: ElementRule, value: Readonly<Record<string, unknown>>): void {
  let hasPassthru = false
  for (const key in value) {
    const kind = element.keys[key]
    if (kind === undefined) continue
    if (!kind.holds(value[key])) throw mustBe(`${nameOf(rule, element)}.${key}`, kind.wanted, value[key])
    hasPassthru ||= key.startsWith('ppt_')
  }
  for (const key of element.required) {
    if (!Object.hasOwn(value, key)) throw missing(`${nameOf(rule, element)}.${key}`)
  }
  // the other options of payload passthru mode need it
  if (hasPassthru && !Object.hasOwn(value, 'ppt_scheme')) throw missing(`${nameOf(rule, element)}.ppt_scheme`)
}

function missing(name: string): ProtocolViolation {
  return new ProtocolViolation(`${name} is missing`)
}

/** Describes a value by its kind; only numbers and booleans are shown, because the others may be long or confidential. */
function shown(value: unknown): string {
  if (value === null || value === undefined) return value === null ? 'null' : 'nothing'
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return value === '' ? 'an empty string' : 'a string'
  if (typeof value === 'bigint') return 'an integer beyond 2^53'
  if (Array.isArray(value)) return 'a list'
  return value instanceof Uint8Array ? 'binary data' : 'a dictionary'
}
