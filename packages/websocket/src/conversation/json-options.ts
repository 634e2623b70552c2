import { checkOptions, type OptionChecks } from '../protocol/checks/check-options.ts'
import { someFunction } from '../protocol/checks/option-values.ts'
import type { MessageRefused } from '../protocol/faults/errors.ts'
import type { Message } from './connection.ts'

/** The options of a loop over JSON. */
export interface JsonOptions {
  /**
   * Called with a message that is not JSON, or whose value does not fit the schema, in place of failing the connection; then the loop goes
   * on with the next message, when the returned promise has resolved, if there is one. To answer the peer: `error => ws.sendJson({ error:
   * error.message })`. An error that it throws is thrown in the loop.
   */
  readonly onRefused?: (error: MessageRefused, message: Message) => unknown
}

/** Checks the options of `json`. Throws `ApiMisuse` for unknown ones and for values of the wrong type. */
export function checkedJsonOptions(options: JsonOptions = {}): JsonOptions {
  checkOptions<JsonOptions>(options, checks, 'json')
  return options
}

const checks: OptionChecks<JsonOptions> = { onRefused: someFunction }
