import type { Message } from '../messages/message.ts'
import { messageRule } from '../messages/message-table.ts'
import { elementsOf, KeepingPayload, type Payload } from '../messages/payload.ts'
import { misuse, unsendable } from './misuse.ts'
import { OctetWriter } from './octet-writer.ts'

/** Writes values in one binary format. Throws `unsendable` for what WAMP cannot express. */
export interface ValueWriter {
  /** The name of the serializer. */
  readonly name: string
  /** Writes the head of a list with so many items. */
  list(to: OctetWriter, count: number): void
  /** Writes an integer from 0 to 2^53. */
  id(to: OctetWriter, value: number): void
  value(to: OctetWriter, value: unknown): void
}

/** Writes a message in a binary format. Throws `ApiMisuse` where a value cannot be expressed in WAMP. */
export function writeOctets(writer: ValueWriter, message: Message): Uint8Array {
  // a getter of the application, within a payload, may send a message itself
  const to = isInUse ? new OctetWriter() : shared
  const wasInUse = isInUse
  isInUse = true
  try {
    return writeMessage(writer, message, to)
  } catch (error) {
    throw error === unsendable ? misuse(message, messageRule(message[0])) : error
  } finally {
    isInUse = wasInUse
  }
}

function writeMessage(writer: ValueWriter, message: Message, to: OctetWriter): Uint8Array {
  const header = messageRule(message[0])?.elements.length
  if (header === undefined) throw unsendable
  const payload = message[header + 1] as Payload | undefined
  const form = payload instanceof KeepingPayload ? payload.formOf(writer.name) : undefined
  const elements = form?.elements ?? (payload === undefined ? 0 : elementsOf(payload))
  let count = Math.min(message.length, header + 1)
  while (message[count - 1] === undefined) count--
  to.begin()
  writer.list(to, count + elements)
  writer.id(to, message[0])
  for (let n = 1; n < count; n++) {
    const value: unknown = message[n]
    if (typeof value === 'number') writer.id(to, value)
    else writer.value(to, value)
  }
  if (elements === 0) return to.end()
  if (form !== undefined) {
    to.raw(form.data as Uint8Array, form.start, form.end)
    return to.end()
  }
  const start = to.length
  writer.value(to, payload!.transparent ?? payload!.args)
  if (elements === 2) writer.value(to, payload!.kwargs)
  const octets = to.end()
  if (payload instanceof KeepingPayload) payload.keep({ serializer: writer.name, data: octets, start, end: octets.length, elements })
  return octets
}

/** The writer of nearly all messages. */
const shared: OctetWriter = /* @__PURE__ */ new OctetWriter()
let isInUse = false
