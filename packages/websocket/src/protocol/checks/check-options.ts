import { asError } from '../faults/as-error.ts'
import { ApiMisuse } from '../faults/errors.ts'
import { shownValue } from '../faults/shown-value.ts'
import { nameElsewhere } from './name-elsewhere.ts'
import { nearestName } from './nearest-name.ts'
import { optionByPosition } from './option-by-position.ts'
import { optionOfAnother } from './option-of-another.ts'

/** The values that one option takes. */
export interface OptionCheck {
  /** The values in words, after "must be". */
  readonly wanted: string
  holds(value: unknown): boolean
}

/** The names that an object of options may have, each with the values it takes. An `OptionTable` is one. */
export type OptionChecks<Options> = { readonly [name in keyof Options]-?: OptionCheck }

/**
 * Checks an object of options where it is handed in. `where` is the function as callers know it: `connectWS`.
 *
 * Throws `ApiMisuse` for anything but an object, with what to write; for a name that does not exist, with the one that was probably meant; for a value that the option
 * does not take, and for one that cannot be read. `undefined` stands for no options, or for an option that is not set. An option that is inherited, as from
 * `Object.create(defaults)`, is misuse too, because copies of the object do not have it.
 */
export function checkOptions<Options>(given: unknown, checks: OptionChecks<Options>, where?: string): void {
  if (given === undefined) return
  if (!isObjectOfOptions(given)) throw notOptions(given, Object.keys(checks), where)
  try {
    checkInheritsNone(given, checks)
    for (const name of Object.keys(given)) checkOption(given, name, checks, where)
  } catch (error) {
    if (error instanceof ApiMisuse) throw error
    const cause = asError(error)
    throw new ApiMisuse(`${subjectOf(where)} cannot be read: ${cause.message}`, { cause })
  }
}

function checkOption<Options>(given: object, name: string, checks: OptionChecks<Options>, where: string | undefined): void {
  if (!Object.hasOwn(checks, name)) throw new ApiMisuse(unknownOption(name, Object.keys(checks), where))
  const value = (given as Readonly<Record<string, unknown>>)[name]
  const check = checks[name as keyof Options]
  if (value !== undefined && !takes(check, value))
    throw new ApiMisuse(`option ${name} must be ${check.wanted}, and not ${shownValue(value)}`)
}

/** Makes the error for what is given in place of an object of options. Lists the names where they are few. */
function notOptions(given: unknown, names: readonly string[], where: string | undefined): ApiMisuse {
  const meant = optionByPosition(given, names)
  const list = meant === undefined && names.length <= fewNames ? ` (with ${names.join(', ')})` : ''
  const hint = meant === undefined ? '' : `: write ${meant}`
  return new ApiMisuse(`${subjectOf(where)} must be an object${list}, and not ${shownValue(given)}${hint}`)
}

function subjectOf(where: string | undefined): string {
  return where === undefined ? 'options' : `the options of ${where}`
}

/** Whether an option accepts a value. A value that cannot be read, such as a revoked proxy, is not accepted. */
export function takes(check: OptionCheck, value: unknown): boolean {
  try {
    return check.holds(value)
  } catch {
    return false
  }
}

/** Accepts every value: for options that are checked elsewhere. */
export const anyValue: OptionCheck = { wanted: 'anything', holds: () => true }

/** Makes a check from a sentence and a test. */
export function optionCheck(wanted: string, holds: (value: unknown) => boolean): OptionCheck {
  return { wanted, holds }
}

/**
 * Makes the sentence about an option that does not exist: names the option that was probably meant, or the place of one that exists elsewhere, or
 * else all options where they are few.
 */
export function unknownOption(name: string, names: readonly string[], where?: string): string {
  const place = optionOfAnother(name, names)
  const meant = place === undefined ? (nameElsewhere(name, names) ?? nearestName(name, names)) : undefined
  const list = names.length <= fewNames ? `there are ${names.join(', ')}` : 'no option has a name like it'
  const hint = place ?? (meant === undefined ? list : `did you mean ${meant}?`)
  return `there is no option ${name}${where === undefined ? '' : ` of ${where}`}; ${hint}`
}

/**
 * Checks that options are not inherited. Properties of `Object.prototype`, of any realm, do not count, because the caller did not pass
 * them.
 */
function checkInheritsNone<Options>(given: object, checks: OptionChecks<Options>): void {
  const prototype = Object.getPrototypeOf(given) as object | null
  if (prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null) return
  const inherited = Object.keys(checks).find(name => name in given && !Object.hasOwn(given, name) && !(name in Object.prototype))
  if (inherited !== undefined) throw new ApiMisuse(`option ${inherited} is inherited, and must be a property of the object itself`)
}

/**
 * Whether a value is an object of options. Excludes lists, functions, and objects of the platform that are passed by position: an
 * AbortSignal, a URL, octets.
 */
function isObjectOfOptions(given: unknown): given is object {
  if (typeof given !== 'object' || given === null) return false
  try {
    return Object.getPrototypeOf(given) === Object.prototype || Object.prototype.toString.call(given) === '[object Object]'
  } catch {
    return false
  }
}

/** The number of names up to which an error lists them: more of them hide what it says. */
const fewNames = 16
