import { isPlain } from '../messages/is-plain.ts'
import type { Message } from '../messages/message.ts'
import { messageRule } from '../messages/message-table.ts'
import { elementsOf, KeepingPayload, type Payload, type PayloadForm } from '../messages/payload.ts'
import { toBase64 } from './base64.ts'
import { decimalDigits } from './decimal-digits.ts'
import { misuse, unsendable } from './misuse.ts'
import { binaryOf, isSendableInteger, isSendableText, maxSentDepth } from './sendable.ts'

/** Writes a message as JSON. Throws `ApiMisuse` where a value cannot be expressed in WAMP. */
export function writeJson(message: Message): string {
  try {
    return writeMessage(message)
  } catch (error) {
    throw error === unsendable ? misuse(message, messageRule(message[0])) : error
  }
}

function writeMessage(message: Message): string {
  const header = messageRule(message[0])?.elements.length
  if (header === undefined) throw unsendable
  let text = `[${message[0]}`
  for (let n = 1; n <= header; n++) {
    const value: unknown = message[n]
    if (value === undefined) return `${text}]`
    if (typeof value === 'number') text += `,${digits(value)}`
    else if (typeof value === 'string') text += `,${quoted(value)}`
    else text += `,${writeValue(value, 1)}`
  }
  const payload = message[header + 1] as Payload | undefined
  if (payload === undefined) return `${text}]`
  const form = formOf(payload)
  return form === '' ? `${text}]` : `${text},${form}]`
}

/** Returns a payload as it stands in a message, and keeps it with the payload. */
function formOf(payload: Payload): string {
  if (!(payload instanceof KeepingPayload)) return writePayload(payload)
  const known = payload.formOf('json')
  if (known !== undefined) return known.data as string
  const data = writePayload(payload)
  payload.keep(jsonForm(data, elementsOf(payload)))
  return data
}

/** Makes the form of a payload in JSON, whose text stands alone. */
export function jsonForm(data: string, elements: number): PayloadForm {
  return { serializer: 'json', data, start: 0, end: data.length, elements }
}

function writePayload(payload: Payload): string {
  const { args, kwargs, transparent } = payload
  if (transparent !== undefined) return writeValue(transparent, 1)
  const elements = elementsOf(payload)
  if (elements === 0) return ''
  if (!(isFlat(args) && isFlat(Object.values(kwargs))) && isOrdinary(args, 1) && isOrdinary(kwargs, 1)) {
    const text = stringified(elements === 1 ? [args] : [args, kwargs])
    if (text !== undefined) return text.slice(1, -1)
  }
  return elements === 2 ? `${writeValue(args, 1)},${writeValue(kwargs, 1)}` : writeValue(args, 1)
}

/** Tells whether values are few and are neither lists nor dictionaries: our writer is faster than `JSON.stringify` for them. */
function isFlat(values: readonly unknown[]): boolean {
  if (values.length > few) return false
  for (let n = 0; n < values.length; n++) if (typeof values[n] === 'object') return false
  return true
}

/** Tells whether `JSON.stringify` writes a value as WAMP needs it, but for the contents of texts. */
function isOrdinary(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined':
      return true
    case 'number':
      return Number.isFinite(value) && Math.abs(value) < 2 ** 53 && (value !== 0 || 1 / value > 0)
    case 'object':
      return value === null || isOrdinaryObject(value, depth)
    default:
      return false
  }
}

function isOrdinaryObject(value: object, depth: number): boolean {
  if (depth > maxSentDepth) return false
  if (Array.isArray(value)) {
    for (let n = 0; n < value.length; n++) if (!isOrdinary(value[n], depth + 1)) return false
    return true
  }
  if (!isPlain(value)) return false
  for (const key in value) if (!isOrdinary(value[key], depth + 1)) return false
  return true
}

function writeValue(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return quoted(value)
    case 'number':
      return written(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'undefined':
      return 'null'
    case 'bigint':
      if (!isSendableInteger(value)) throw unsendable
      return String(value)
    case 'object':
      return value === null ? 'null' : writeObject(value, depth)
    default:
      throw unsendable
  }
}

function writeObject(value: object, depth: number): string {
  if (depth > maxSentDepth) throw unsendable
  if (Array.isArray(value)) return writeList(value, depth)
  if (isPlain(value)) return depth === 2 ? writeNested(value) : writeDict(value, depth)
  const octets = binaryOf(value)
  if (octets === undefined) throw unsendable
  return `"\\u0000${toBase64(octets)}"`
}

/** Writes a dictionary in the details or options of a message, such as the roles in WELCOME. Put together piece by piece, WELCOME is twice as much garbage. */
function writeNested(dict: Readonly<Record<string, unknown>>): string {
  return (isOrdinary(dict, 2) ? stringified(dict) : undefined) ?? writeDict(dict, 2)
}

/** Returns the text that `JSON.stringify` makes of an ordinary value; `undefined` where WAMP needs another one for the contents of texts. */
function stringified(value: object): string | undefined {
  const text = JSON.stringify(value)
  // a key or a text with half of a surrogate pair, or one that begins with U+0000; or one that looks as if it did
  return text.includes('\\ud') || text.includes('"\\u0000') ? undefined : text
}

function writeList(list: readonly unknown[], depth: number): string {
  if (list.length === 0) return '[]'
  let text = `[${writeValue(list[0], depth + 1)}`
  for (let n = 1; n < list.length; n++) text += `,${writeValue(list[n], depth + 1)}`
  return `${text}]`
}

function writeDict(dict: Readonly<Record<string, unknown>>, depth: number): string {
  let text = '{'
  for (const key of Object.keys(dict)) {
    const value = dict[key]
    if (value === undefined) continue
    text += `${text === '{' ? '' : ','}${quoted(key)}:${writeValue(value, depth + 1)}`
  }
  return `${text}}`
}

/** Writes a number so that it stays what it is: an integer up to 2^53 as such, and a float, also -0 and 1e20, never as an integer. */
function written(value: number): string {
  if (Number.isSafeInteger(value)) return value === 0 && 1 / value < 0 ? '-0.0' : digits(value)
  if (!Number.isFinite(value)) throw unsendable
  const text = String(value)
  return Math.abs(value) > 2 ** 53 && Math.abs(value) < 1e21 ? `${text}.0` : text
}

/** Writes a number as `String` does. */
function digits(value: number): string {
  return value >= 0 && Number.isSafeInteger(value) ? decimalDigits(value) : String(value)
}

function quoted(text: string): string {
  if (!needsCare.test(text)) return `"${text}"`
  if (!isSendableText(text)) throw unsendable
  return JSON.stringify(text)
}

/** The number of values up to which our writer is faster, measured on Node 20. */
const few = 8
/** The characters that JSON has escapes for, and surrogates, of which halves cannot be sent. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON does not allow them
const needsCare = /["\\\u0000-\u001f\ud800-\udfff]/
