import { type OptionCheck, optionCheck } from './check-options.ts'
import { isFunction, isObject, isSeconds, isSignal, isTrueOrFalse, isUpToAnHour, isWholeNumber } from './values.ts'

/** Checks for kinds of values that several functions accept. */
export const trueOrFalse: OptionCheck = /* @__PURE__ */ optionCheck('true or false', isTrueOrFalse)

/** A number of seconds. Timers of all runtimes have 32 bits of milliseconds. */
export const seconds: OptionCheck = /* @__PURE__ */ optionCheck('a number of seconds from 0 to 2,000,000', isSeconds)

/** A number of seconds for something that never takes an hour: its text tells callers who have written milliseconds. */
export const upToAnHour: OptionCheck = /* @__PURE__ */ optionCheck(
  'a number of seconds, not of milliseconds, from 0 to 3,600',
  isUpToAnHour,
)

export const wholeNumber: OptionCheck = /* @__PURE__ */ optionCheck('a whole number', isWholeNumber)

export const someText: OptionCheck = /* @__PURE__ */ optionCheck(
  'a string that is not empty',
  value => typeof value === 'string' && value !== '',
)

export const someFunction: OptionCheck = /* @__PURE__ */ optionCheck('a function', isFunction)

/** An object of options in which all have defaults, so that callers may write `true`. They are checked where they are used. */
export const objectOrDefaults: OptionCheck = /* @__PURE__ */ optionCheck('an object of options ({} takes the defaults)', isObject)

/** An AbortSignal, also one of another realm or of a polyfill. */
export const abortSignal: OptionCheck = /* @__PURE__ */ optionCheck('an AbortSignal', isSignal)

/** Makes a check for one of several words. */
export function oneOf(...words: readonly string[]): OptionCheck {
  return optionCheck(words.map(word => `'${word}'`).join(' or '), value => words.some(word => word === value))
}
