/** A kind of values that an element or an option of a message may have. */
export interface ValueKind {
  /** Completes the sentence "… must be". */
  readonly wanted: string
  holds(value: unknown): boolean
}

/** The largest id of WAMP, 2^53. It is one above `Number.MAX_SAFE_INTEGER`, and exact as a number. */
export const maxId = 9007199254740992

export const id: ValueKind = {
  wanted: 'an id, from 1 to 2^53',
  holds: value => typeof value === 'number' && value >= 1 && value <= maxId && Math.floor(value) === value,
}
/** The request id of an UNSUBSCRIBED or UNREGISTERED that no request asked for is 0. */
export const idOrZero: ValueKind = { wanted: `${id.wanted}, or 0`, holds: value => value === 0 || id.holds(value) }
/** Whether a string is a URI is not the affair of the table, because a request with a wrong one is answered by ERROR `wamp.error.invalid_uri`. */
export const uri: ValueKind = { wanted: 'a string with a URI', holds: value => typeof value === 'string' }
export const text: ValueKind = { wanted: 'a string', holds: value => typeof value === 'string' }
export const textOrNull: ValueKind = { wanted: 'a string or null', holds: value => value === null || typeof value === 'string' }
/** A boolean has to be one: 0 and 1 are not. */
export const flag: ValueKind = { wanted: 'a boolean', holds: value => typeof value === 'boolean' }
export const dict: ValueKind = { wanted: 'a dictionary', holds: isDict }
export const count: ValueKind = { wanted: 'an integer from 0', holds: value => Number.isSafeInteger(value) && (value as number) >= 0 }
export const positive: ValueKind = { wanted: 'an integer from 1', holds: value => Number.isSafeInteger(value) && (value as number) >= 1 }
export const ids: ValueKind = /* @__PURE__ */ listOf(id, 'a list of ids')
export const texts: ValueKind = /* @__PURE__ */ listOf(text, 'a list of strings')

/** Makes the kind of the strings that are listed. */
export function oneOf(...allowed: readonly string[]): ValueKind {
  const quoted = allowed.map(each => `"${each}"`)
  const last = quoted.pop()
  return {
    wanted: quoted.length === 0 ? `${last}` : `${quoted.join(', ')} or ${last}`,
    holds: value => typeof value === 'string' && allowed.includes(value),
  }
}

/** Makes the kind of lists whose items all have a kind. */
export function listOf(item: ValueKind, wanted: string): ValueKind {
  return { wanted, holds: value => Array.isArray(value) && value.every(each => item.holds(each)) }
}

/** Makes the kind of dictionaries that have at least one of some roles; each role is a dictionary, and its features are one too. */
export function rolesOf(...roles: readonly string[]): ValueKind {
  return {
    wanted: `a dictionary of the roles ${roles.join(', ')}`,
    holds: value => isDict(value) && roles.some(role => role in value) && roles.every(role => isRole(value[role])),
  }
}

function isRole(value: unknown): boolean {
  return value === undefined || (isDict(value) && (value.features === undefined || isDict(value.features)))
}

function isDict(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
}
