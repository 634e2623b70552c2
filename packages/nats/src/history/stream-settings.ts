import { BusError, fits, type KeptHistory } from '@autobahn-ts/websocket/portable'
import type { StreamConfig } from '@nats-io/jetstream'
import type { HistoryOptions } from './history-options.ts'

/** Returns the name of the stream of a bus with a prefix. */
export function streamName(prefix: string, { name }: KeptHistory): string {
  return `${prefix.replaceAll('.', '_')}_${name}`
}

/** Returns the prefix of the names under which messages are kept. */
export function keptPrefix(prefix: string, { name }: KeptHistory): string {
  return `${prefix}.k.${name}`
}

/** Returns the stream that a bus makes where there is none. */
export function streamConfig(
  prefix: string,
  history: KeptHistory,
  options: HistoryOptions,
): Partial<StreamConfig> & { readonly name: string } {
  const { replicas = 1, storage = 'file', maxSize = defaultMaxSize } = options
  return {
    name: streamName(prefix, history),
    description: ours,
    subjects: subjectsOf(prefix, history),
    max_msgs_per_subject: history.count,
    max_age: nanoseconds(history.seconds),
    max_bytes: maxSize,
    num_replicas: replicas,
    storage,
    // NATS refuses a longer one than the age.
    duplicate_window: nanoseconds(Math.min(history.seconds, 120)),
  } as Partial<StreamConfig> & { readonly name: string }
}

/**
 * Tells whether a stream that exists must be changed to what is wanted now. A stream that an operator has made stays as it is. Throws `BusError` where
 * messages cannot be kept in it.
 */
export function mustChange(existing: StreamConfig, wanted: Partial<StreamConfig>): boolean {
  const { name, subjects = [], retention, description } = existing
  const missing = wanted.subjects?.find(subject => !subjects.some(pattern => covers(pattern, subject)))
  if (missing !== undefined) throw new BusError('refused', `the stream ${name} exists and does not have the subjects ${missing}`)
  if (retention !== 'limits') throw new BusError('refused', `the stream ${name} exists and keeps messages by ${retention}, not by limits`)
  if (description !== ours) return false
  return changeable.some(setting => existing[setting] !== wanted[setting])
}

function subjectsOf(prefix: string, history: KeptHistory): string[] {
  return [`${keptPrefix(prefix, history)}.m.>`, `${keptPrefix(prefix, history)}.h.>`]
}

/** Tells whether a pattern stands for all subjects of another one, which ends with `>`. */
function covers(pattern: string, other: string): boolean {
  const begin = other.slice(0, -1)
  return fits(`${begin}x`, pattern) && fits(`${begin}x.y`, pattern)
}

function nanoseconds(seconds: number): number {
  return seconds * 1e9
}

const ours = 'made by @autobahn-ts/nats'
const changeable = ['max_msgs_per_subject', 'max_age', 'max_bytes', 'num_replicas'] as const
const defaultMaxSize = 256 * 1024 * 1024
