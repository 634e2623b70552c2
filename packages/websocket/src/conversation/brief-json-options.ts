import { isFunction, surelyFit } from '../protocol/checks/values.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import type { JsonOptions } from './json-options.ts'

/** Checks the options of `json` in fewer words: a page would load the words with every connection. */
export function briefJsonOptions(options: JsonOptions = {}): JsonOptions {
  if (surelyFit<JsonOptions>(options, { onRefused: isFunction })) return options
  throw new ApiMisuse('the options of json are { onRefused: a function }, and nothing else')
}
