import { KeepingPayload, type Payload } from '@autobahn-ts/wamp/protocol'

/** A message or an event that is kept, as far as its size is concerned. */
export interface Sized {
  readonly topic: string
  readonly options: object
  readonly payload: Payload | undefined
}

/**
 * Estimates the octets of memory that an event takes while it is kept. A payload that came over a wire counts as the message that it keeps; one
 * that was made in this process, and the options, count by their values.
 */
export function keptSize({ topic, options, payload }: Sized): number {
  return overhead + topic.length + valueSize(options) + payloadSize(payload)
}

function payloadSize(payload: Payload | undefined): number {
  if (payload === undefined) return 0
  const kept = payload instanceof KeepingPayload ? payload.keptSize : 0
  return kept > 0 ? kept : valueSize(payload.args) + valueSize(payload.kwargs)
}

/** Estimates a value. Its depth is bounded, because messages were checked when they arrived. */
function valueSize(value: unknown): number {
  if (typeof value === 'string') return overheadOfPart + value.length
  if (typeof value !== 'object' || value === null) return overheadOfPart
  if (value instanceof Uint8Array) return overheadOfPart + value.length
  let size = overheadOfPart
  if (Array.isArray(value)) for (const item of value) size += valueSize(item)
  else for (const [key, item] of Object.entries(value)) size += key.length + valueSize(item)
  return size
}

/** Octets. An event without a payload takes about so many, and each part of a value. */
const overhead = 200
const overheadOfPart = 16
