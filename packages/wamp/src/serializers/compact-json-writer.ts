import { base64 } from '../bytes/base64.ts'
import { isPlain } from '../messages/is-plain.ts'
import type { Message } from '../messages/message.ts'
import type { MessageRules } from '../messages/message-rule.ts'
import { elementsOf, KeepingPayload, type Payload } from '../messages/payload.ts'
import { binaryOf, isSendableInteger, isSendableText, maxSentDepth, misuse, unsendable } from './sendable.ts'

/** Writes a message as JSON, in the form of `writeJson`. Throws `ApiMisuse` where a value cannot be expressed in WAMP. */
export function writeCompactJson(message: Message, rules: MessageRules): string {
  const rule = rules(message[0])
  try {
    if (rule === undefined) throw unsendable
    const header = message.slice(0, rule.elements.length + 1).filter(element => element !== undefined)
    const payload = message[rule.elements.length + 1] as Payload | undefined
    return `[${[...header.map(element => write(element, 1)), ...(payload === undefined ? [] : payloadOf(payload))]}]`
  } catch (error) {
    throw error === unsendable ? misuse(message, rule) : error
  }
}

/** Returns `Arguments` and `ArgumentsKw` as they stand in a message, and keeps them with the payload. */
function payloadOf(payload: Payload): readonly string[] {
  const isKept = payload instanceof KeepingPayload
  const known = isKept ? payload.formOf('json') : undefined
  if (known !== undefined) return [known.data as string]
  const { args, kwargs, transparent } = payload
  const elements = elementsOf(payload)
  if (elements === 0) return []
  const data = [transparent ?? args, kwargs]
    .slice(0, elements)
    .map(element => write(element, 1))
    .join()
  if (isKept) payload.keep({ serializer: 'json', data, start: 0, end: data.length, elements })
  return [data]
}

function write(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return quoted(value)
    case 'number':
      return written(value)
    case 'bigint':
      if (!isSendableInteger(value)) throw unsendable
      return String(value)
    case 'object':
      return value === null ? 'null' : writeObject(value, depth)
    case 'boolean':
      return String(value)
    case 'undefined':
      return 'null'
    default:
      throw unsendable
  }
}

function writeObject(value: object, depth: number): string {
  if (depth > maxSentDepth) throw unsendable
  let items = ''
  if (Array.isArray(value)) {
    for (const item of value) items += `,${write(item, depth + 1)}`
    return `[${items.slice(1)}]`
  }
  if (isPlain(value)) {
    for (const key of Object.keys(value)) {
      const item = value[key]
      if (item !== undefined) items += `,${quoted(key)}:${write(item, depth + 1)}`
    }
    return `{${items.slice(1)}}`
  }
  const octets = binaryOf(value)
  if (octets === undefined) throw unsendable
  return `"\\u0000${base64(octets)}"`
}

/** Writes a text. `JSON.stringify` has escapes for what cannot be sent, and few other texts look as if they had them. */
function quoted(text: string): string {
  const json = JSON.stringify(text)
  if (json.includes('\\u') && !isSendableText(text)) throw unsendable
  return json
}

/** Writes a number so that it stays what it is: an integer up to 2^53 as such, and a float never as an integer. */
function written(value: number): string {
  if (!Number.isFinite(value)) throw unsendable
  if (Object.is(value, -0)) return '-0.0'
  const size = Math.abs(value)
  return size > 2 ** 53 && size < 1e21 ? `${value}.0` : String(value)
}
