import type { Encoded } from '../messages/payload.ts'
import { ProtocolViolation } from '../messages/protocol-violation.ts'
import { decoder } from './utf8.ts'

/** Makes one text of many messages: each is followed by the octet 0x18, which is what the peers of the Autobahn family send. */
export function joinTexts(messages: readonly string[]): string {
  return messages.map(message => `${message}\x18`).join('')
}

/** Cuts a text into its messages, at the octets 0x18 and 0x1e: the specification has both. */
export function splitText(batch: string): string[] {
  const messages = batch.split(separators)
  if (messages.pop() !== '') throw new ProtocolViolation('the batch does not end with a separator')
  if (messages.length === 0) throw new ProtocolViolation('the batch is empty')
  return messages
}

/** Makes one block of many messages: each follows its length in 32 bits, big-endian. */
export function joinOctets(messages: readonly Uint8Array[]): Uint8Array {
  const batch = new Uint8Array(messages.reduce((size, message) => size + lengthSize + message.length, 0))
  const view = new DataView(batch.buffer)
  let at = 0
  for (const message of messages) {
    view.setUint32(at, message.length)
    batch.set(message, at + lengthSize)
    at += lengthSize + message.length
  }
  return batch
}

/** Cuts a block into its messages, which are views of it. */
export function splitOctets(batch: Uint8Array): Uint8Array[] {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength)
  const messages: Uint8Array[] = []
  let at = 0
  while (at + lengthSize <= batch.length) {
    const end = at + lengthSize + view.getUint32(at)
    if (end > batch.length) break
    messages.push(batch.subarray(at + lengthSize, end))
    at = end
  }
  if (at !== batch.length) throw new ProtocolViolation('the batch ends within a message')
  if (messages.length === 0) throw new ProtocolViolation('the batch is empty')
  return messages
}

/** Returns octets. Throws `ProtocolViolation` for a text, which only JSON has. */
export function asOctets(data: Encoded): Uint8Array {
  if (typeof data !== 'string') return data
  throw new ProtocolViolation('a message that should be binary is a text')
}

/** Returns a text as it is, and octets as the text that they are in UTF-8. Throws `ProtocolViolation` for other octets. */
export function asText(data: Encoded): string {
  if (typeof data === 'string') return data
  try {
    return decoder.decode(data)
  } catch {
    throw new ProtocolViolation('the message is not UTF-8')
  }
}

const lengthSize = 4
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the separators
const separators = /[\x18\x1e]/
