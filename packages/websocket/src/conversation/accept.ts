import { type Awaitable, afterwards } from '../bytes/awaitable.ts'
import * as CloseCode from '../protocol/faults/codes.ts'
import { counted } from '../protocol/faults/counted.ts'
import { MessageRefused, type SchemaIssue } from '../protocol/faults/errors.ts'
import type { Message } from './connection.ts'
import type { SchemaResult, StandardSchema } from './standard-schema.ts'

/** Turns a message into the value that the application reads. Throws `MessageRefused`, or rejects with it, for a message that it does not take. */
export type Accept<Value> = (message: Message) => Awaitable<Value>

/** Accepts text messages. */
export function acceptText(message: Message): string {
  if (typeof message === 'string') return message
  throw new MessageRefused(CloseCode.UnsupportedData, `a binary message of ${counted(message.length, 'octet')} came where text is read`)
}

/** Returns a function that accepts JSON, and values that fit the schema, if there is one, which the caller has checked. */
export function acceptJson<Value>(schema: StandardSchema<unknown, Value> | undefined): Accept<Value> {
  if (schema === undefined) return message => parsed(message) as Value
  return message => afterwards(schema['~standard'].validate(parsed(message)), fitting)
}

function parsed(message: Message): unknown {
  const text = acceptText(message)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new MessageRefused(CloseCode.InvalidPayload, 'the message is not JSON', { cause })
  }
}

function fitting<Value>(result: SchemaResult<Value>): Value {
  const { issues } = result
  if (issues === undefined) return result.value as Value
  throw new MessageRefused(CloseCode.PolicyViolation, `the message does not fit its schema${shownIssue(issues[0])}`, { issues })
}

/** Describes the first issue, which the peer reads as the reason of the close frame. */
function shownIssue(issue: SchemaIssue | undefined): string {
  if (issue === undefined) return ''
  const path = (issue.path ?? []).map(part => String(typeof part === 'object' ? part.key : part)).join('.')
  return `: ${path === '' ? '' : `${path}: `}${issue.message}`
}
