/** Tests for kinds of values that several functions accept. `option-values` has them with words, for messages. */
export type Test = (value: unknown) => boolean

export const isTrueOrFalse: Test = value => typeof value === 'boolean'

/** Tests for a number of seconds. Timers of all runtimes have 32 bits of milliseconds. */
export const isSeconds: Test = value => typeof value === 'number' && value >= 0 && value <= 2_000_000

/** Tests for the seconds of something that never takes an hour. Larger numbers are milliseconds, which other libraries have (decision 106). */
export const isUpToAnHour: Test = value => typeof value === 'number' && value >= 0 && value <= 3600

export const isWholeNumber: Test = value => Number.isSafeInteger(value) && (value as number) >= 0

export const isFunction: Test = value => typeof value === 'function'

export const isTextList: Test = value => Array.isArray(value) && value.every(item => typeof item === 'string')

export const isObject: Test = value => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Tests for an `AbortSignal` by its members, because polyfills and other realms have classes of their own. */
export const isSignal: Test = value => typeof value === 'object' && value !== null && 'aborted' in value && 'addEventListener' in value

/**
 * Tells whether options surely fit: they are a plain object with names and values that the tests accept. Where they do not surely fit, a full
 * check, `checkOptions`, decides and says what is wrong; pages load that only then. Never throws: a value that cannot be read, such as a
 * revoked proxy, does not fit.
 */
export function surelyFit<Options>(given: unknown, tests: { readonly [name in keyof Options]-?: Test }): boolean {
  if (given === undefined) return true
  try {
    if (!isObject(given) || Object.getPrototypeOf(given) !== Object.prototype) return false
    return Object.entries(given as object).every(
      ([name, value]) => value === undefined || (Object.hasOwn(tests, name) && tests[name as keyof Options](value)),
    )
  } catch {
    return false
  }
}
