import { checkOptions, type OptionChecks, optionCheck } from '@autobahn-ts/websocket/portable'

/** The limits of one message. Its size is limited by its transport. */
export interface SerializerLimits {
  /** The depth of lists and dictionaries in an element of a message; `Arguments` itself counts as the first. */
  readonly maxDepth: number
  /** The parts of a message: 1 for a value, 2 for a text or a key, 4 for brackets or binary data, 16 for a new list of keys. */
  readonly maxParts: number
}

/** 64 levels are much more than real data has, and 262,144 parts take at most 50 ms to decode. */
export const defaultLimits: SerializerLimits = { maxDepth: 64, maxParts: 262_144 }

/** Completes the limits that were given. Throws `ApiMisuse` for an unknown name or a wrong value. */
export function resolveLimits(given: Partial<SerializerLimits>): SerializerLimits {
  checkOptions(given, checks)
  return { maxDepth: given.maxDepth ?? defaultLimits.maxDepth, maxParts: given.maxParts ?? defaultLimits.maxParts }
}

/** Scanners call themselves for each level, so the depth is limited by the engine's stack. */
const deepest = 512
const checks: OptionChecks<SerializerLimits> = {
  maxDepth: optionCheck(`an integer from 1 to ${deepest}`, value => isIntegerFrom1(value) && (value as number) <= deepest),
  maxParts: optionCheck('an integer from 1', isIntegerFrom1),
}

function isIntegerFrom1(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 1
}
