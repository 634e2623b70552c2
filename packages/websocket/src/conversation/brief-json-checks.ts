import { isFunction, surelyFit } from '../protocol/checks/values.ts'
import { ApiMisuse } from '../protocol/faults/errors.ts'
import type { JsonChecks } from './json-checks.ts'
import type { JsonOptions } from './json-options.ts'
import type { StandardSchema } from './standard-schema.ts'

/** Checks what `json` is given in fewer words: a page would load the words with every connection. */
export const briefJsonChecks: JsonChecks = {
  options: (options = {}) => {
    if (surelyFit<JsonOptions>(options, { onRefused: isFunction })) return options
    throw new ApiMisuse('the options of json are { onRefused: a function }, and nothing else')
  },
  schema: (schema, where) => {
    const { version, validate } = (schema as StandardSchema | null)?.['~standard'] ?? {}
    if (version !== 1 || !isFunction(validate))
      throw new ApiMisuse(`the schema of ${where} must have the interface of Standard Schema, version 1`)
  },
}
