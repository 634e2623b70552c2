import { type OptionCheck, optionCheck } from '@autobahn-ts/websocket/portable'

// Checks of single values, for the options that methods take.

export const aBoolean: OptionCheck = /* @__PURE__ */ optionCheck('true or false', value => typeof value === 'boolean')

/** An object of options that is checked where it is used, by its own names. */
export const anObject: OptionCheck = /* @__PURE__ */ optionCheck(
  'an object',
  value => typeof value === 'object' && value !== null && !Array.isArray(value),
)

export const aFunction: OptionCheck = /* @__PURE__ */ optionCheck('a function', value => typeof value === 'function')

export const seconds: OptionCheck = /* @__PURE__ */ optionCheck(
  'a number of seconds from 0 to 2,000,000',
  value => typeof value === 'number' && value >= 0 && value <= 2_000_000,
)

export const aSignal: OptionCheck = /* @__PURE__ */ optionCheck(
  'an AbortSignal',
  value => typeof value === 'object' && value !== null && 'aborted' in value && 'addEventListener' in value,
)

/** Several of something, such as a list or a set. */
export const anIterable: OptionCheck = /* @__PURE__ */ optionCheck(
  'a list or a set of protocols',
  value => typeof value === 'object' && value !== null && Symbol.iterator in value,
)
