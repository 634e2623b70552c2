import { type OptionCheck, optionCheck } from '@autobahn-ts/websocket/portable'

// Checks of single values, for the options that methods take.

export {
  abortSignal as aSignal,
  seconds,
  someFunction as aFunction,
  trueOrFalse as aBoolean,
} from '@autobahn-ts/websocket/portable'

/** An object of options that is checked where it is used, by its own names. */
export const anObject: OptionCheck = /* @__PURE__ */ optionCheck(
  'an object',
  value => typeof value === 'object' && value !== null && !Array.isArray(value),
)

/** A list, a set or another iterable of protocols. */
export const anIterable: OptionCheck = /* @__PURE__ */ optionCheck(
  'a list or a set of protocols',
  value => typeof value === 'object' && value !== null && Symbol.iterator in value,
)
