import { checkedJsonOptions, type JsonOptions } from './json-options.ts'
import { checkSchema } from './standard-schema.ts'

/** The checks of what `json` and `receiveJson` are given. */
export interface JsonChecks {
  /** Returns the options of `json`. Throws `ApiMisuse` for what they cannot be. */
  options(options?: JsonOptions): JsonOptions
  /** Throws `ApiMisuse` for what is not a schema. `where` is the method. */
  schema(schema: unknown, where: string): void
}

/** The checks with all their words. */
export const jsonChecks: JsonChecks = { options: checkedJsonOptions, schema: checkSchema }
