import { Buffer } from 'node:buffer'
import { copyOf, type Octets } from '../../bytes/octets.ts'
import { realOctets } from '../../bytes/real-octets.ts'

/**
 * A message between a worker and the primary process, for one participant of the bus in the worker.
 *
 * From the worker: `hello` begins, `ask` and `drop` are about a pattern, `publish` has a subject and octets, `bye` ends. From the primary
 * process: `welcome` answers `hello`, `granted` answers `ask`, and `deliver` has a subject and octets.
 */
export type ClusterMessage =
  | { readonly kind: 'hello' | 'bye'; readonly participant: number }
  | { readonly kind: 'welcome'; readonly participant: number; readonly takesOctets: boolean }
  | { readonly kind: 'ask' | 'drop'; readonly participant: number; readonly pattern: string }
  | { readonly kind: 'granted'; readonly participant: number; readonly pattern: string }
  | { readonly kind: 'publish' | 'deliver'; readonly participant: number; readonly subject: string; readonly octets: Octets }

/**
 * Returns a message in the form in which it is sent between processes. The channel carries JSON by default, which has no octets: they go in
 * base64 then, and as they are where the channel `takesOctets`, because the cluster was set up with the serialization `advanced`.
 */
export function packed(message: ClusterMessage, takesOctets: boolean): object {
  const { kind, participant } = message
  if (kind === 'publish' || kind === 'deliver')
    return { [mark]: kind, participant, subject: message.subject, octets: takesOctets ? message.octets : base64(message.octets) }
  if (kind === 'welcome') return { [mark]: kind, participant, takesOctets: message.takesOctets }
  return 'pattern' in message ? { [mark]: kind, participant, pattern: message.pattern } : { [mark]: kind, participant }
}

/**
 * Reads a message that another process has sent. Returns `undefined` for messages of others, which share the channel, and `'malformed'`
 * for one that has the mark of the bus and is not a message of it.
 */
export function unpacked(value: unknown): ClusterMessage | 'malformed' | undefined {
  if (typeof value !== 'object' || value === null || !(mark in value)) return undefined
  const { [mark]: kind, participant, pattern, subject, octets, takesOctets } = value as Partial<Record<string, unknown>>
  if (!Number.isSafeInteger(participant)) return 'malformed'
  const to = participant as number
  if (kind === 'hello' || kind === 'bye') return { kind, participant: to }
  if (kind === 'welcome') return { kind, participant: to, takesOctets: takesOctets === true }
  if (kind === 'ask' || kind === 'drop' || kind === 'granted')
    return typeof pattern === 'string' ? { kind, participant: to, pattern } : 'malformed'
  if ((kind !== 'publish' && kind !== 'deliver') || typeof subject !== 'string') return 'malformed'
  const read = octetsOf(octets)
  return read === undefined ? 'malformed' : { kind, participant: to, subject, octets: read }
}

function octetsOf(value: unknown): Octets | undefined {
  if (typeof value !== 'string') return realOctets(value)
  // A copy, because a Buffer lies in memory that it shares with others.
  const decoded = Buffer.from(value, 'base64')
  return copyOf(decoded, 0, decoded.length)
}

function base64({ buffer, byteOffset, length }: Octets): string {
  return Buffer.from(buffer, byteOffset, length).toString('base64')
}

/** The property by which messages of the bus are told from others, with the kind of the message. */
const mark = 'autobahn-ts:bus'
