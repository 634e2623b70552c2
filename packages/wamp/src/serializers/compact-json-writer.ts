import { ApiMisuse } from '@autobahn-ts/websocket/portable'
import { base64 } from '../bytes/base64.ts'
import { isPlain } from '../messages/is-plain.ts'
import type { Message } from '../messages/message.ts'
import type { MessageRules } from '../messages/message-rule.ts'
import { elementsOf, KeepingPayload, type Payload } from '../messages/payload.ts'
import { binaryOf, isSendableInteger, isSendableText, maxSentDepth } from './sendable.ts'

/** Writes a message as JSON, in the form of `writeJson`. Throws `ApiMisuse` where a value cannot be expressed in WAMP, and names its place. */
export function writeCompactJson(message: Message, rules: MessageRules): string {
  const rule = rules(message[0])
  if (rule === undefined) throw new ApiMisuse(`${String(message[0])} is not the code of a message of WAMP`)
  const parts = [String(rule.code)]
  rule.elements.forEach(({ name }, n) => {
    const value = message[n + 1]
    if (value !== undefined) parts.push(write(value, `${rule.name}.${name}`, 1))
  })
  const payload = message[rule.elements.length + 1] as Payload | undefined
  if (payload !== undefined && elementsOf(payload) > 0) parts.push(writePayload(payload))
  return `[${parts}]`
}

/** Returns `Arguments` and `ArgumentsKw` as they stand in a message, and keeps them with the payload. */
function writePayload(payload: Payload): string {
  const isKept = payload instanceof KeepingPayload
  const known = isKept ? payload.formOf('json') : undefined
  if (known !== undefined) return known.data as string
  const { args, kwargs, transparent = args } = payload
  const elements = elementsOf(payload)
  let data = write(transparent, 'args', 1)
  if (elements > 1) data += `,${write(kwargs, 'kwargs', 1)}`
  if (isKept) payload.keep({ serializer: 'json', data, start: 0, end: data.length, elements })
  return data
}

/** Writes a value. `path` is its place in the message, for errors. */
function write(value: unknown, path: string, depth: number): string {
  switch (typeof value) {
    case 'string':
      if (isSendableText(value)) return JSON.stringify(value)
      throw new ApiMisuse(`${path} is a text ${value.startsWith('\0') ? beginsWithZero : 'with half of a surrogate pair'}`)
    case 'number':
      return writeNumber(value, path)
    case 'bigint':
      if (isSendableInteger(value)) return String(value)
      throw new ApiMisuse(`${path} is an integer beyond 64 bits`)
    case 'object':
      return value === null ? 'null' : writeObject(value, path, depth)
    case 'boolean':
      return String(value)
    case 'undefined':
      return 'null'
    default:
      throw new ApiMisuse(`${path} is a ${typeof value}, which cannot be sent`)
  }
}

function writeObject(value: object, path: string, depth: number): string {
  if (depth > maxSentDepth) throw new ApiMisuse(`${path} is deeper than ${maxSentDepth} levels`)
  // `Array.from` does not leave out the holes of a list
  if (Array.isArray(value)) return `[${Array.from(value, (item, n) => write(item, `${path}[${n}]`, depth + 1))}]`
  const octets = binaryOf(value)
  if (octets !== undefined) return `"\\u0000${base64(octets)}"`
  if (!isPlain(value)) throw new ApiMisuse(`${path} is ${instance(value)}, and WAMP has only plain objects: send its data`)
  const items: string[] = []
  for (const [key, item] of Object.entries(value)) {
    if (item !== undefined) items.push(`${write(key, `a key of ${path}`, depth)}:${write(item, `${path}.${key}`, depth + 1)}`)
  }
  return `{${items}}`
}

/** Writes a number so that it stays what it is: an integer up to 2^53 as such, and a float never as an integer. */
function writeNumber(value: number, path: string): string {
  if (!Number.isFinite(value)) throw new ApiMisuse(`${path} is ${value}, and WAMP has only finite numbers`)
  if (Object.is(value, -0)) return '-0.0'
  const size = Math.abs(value)
  return size > 2 ** 53 && size < 1e21 ? `${value}.0` : String(value)
}

function instance(value: object): string {
  const name: unknown = value.constructor?.name
  return typeof name === 'string' && name !== '' ? `an instance of ${name}` : 'an object of a class'
}

const beginsWithZero = 'that begins with U+0000, which WAMP cannot tell from binary data'
