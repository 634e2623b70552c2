import type { Octets } from '../bytes/octets.ts'
import type { Text } from '../bytes/text.ts'
import type { CensusProcess, PresenceEvent } from './census.ts'

/** A message in which processes tell each other of their members, apart from the messages of a channel. */
export type RollMessage =
  /** A process has members of some channel. */
  | { readonly here: string }
  /** A process has no members any more. */
  | { readonly gone: string }
  /** A process asks the others for their members of the channel with a subject. */
  | { readonly question: number; readonly from: string; readonly subject: string }
  /** The answer to it, which goes to that process alone. */
  | ({ readonly answer: number } & CensusProcess)

export function writeRollMessage(message: RollMessage, text: Text): Octets {
  return text.encode(JSON.stringify(message))
}

/** Reads what another process says. Returns `undefined` where it is not such a message. */
export function readRollMessage(octets: Octets, text: Text): RollMessage | undefined {
  const value = parsed(octets, text)
  if (value === undefined) return undefined
  const { here, gone, question, from, subject, answer, process, size, members } = value
  if (isProcess(here)) return { here }
  if (isProcess(gone)) return { gone }
  if (isCount(question) && isProcess(from) && typeof subject === 'string') return { question, from, subject }
  if (isCount(answer) && isProcess(process) && isCount(size) && Array.isArray(members)) return { answer, process, size, members }
  return undefined
}

/** Writes that a member has come or gone: an octet that tells it from broadcasts, and JSON. */
export function writePresence({ kind, process, member, size }: PresenceEvent, text: Text): Octets {
  const json = text.encode(JSON.stringify({ kind, process, member, size }))
  const octets = new Uint8Array(json.length + 1)
  octets[0] = presenceMark
  octets.set(json, 1)
  return octets
}

/** Tells whether octets on the subject of a channel are about presence. */
export function isPresence(octets: Octets): boolean {
  return octets[0] === presenceMark
}

/** Reads that a member has come or gone. Returns `undefined` where the octets do not say so. */
export function readPresence(octets: Octets, text: Text): PresenceEvent | undefined {
  const value = parsed(octets.subarray(1), text)
  if (value === undefined) return undefined
  const { kind, process, member, size } = value
  return (kind === 'join' || kind === 'leave') && isProcess(process) && isCount(size) ? { kind, process, member, size } : undefined
}

function parsed(octets: Octets, text: Text): Partial<Record<string, unknown>> | undefined {
  const json = text.decodeValid(octets, 0, octets.length)
  if (json === undefined) return undefined
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

function isProcess(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{16}$/.test(value)
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

/** No kind of an envelope: those have a kind from 1 on in their low four bits. */
const presenceMark = 0x80
