import { checkOptions, type OptionCheck, type OptionChecks } from '@autobahn-ts/websocket/portable'
import type { Dict } from '../messages/message.ts'

/** One option of a request, with the values that it takes. */
export interface WireOption extends OptionCheck {
  /** Its name in the message; absent where it concerns this side alone. */
  readonly wire?: string
}

/** The options of a request, by their names for callers. */
export type WireOptions<Options> = { readonly [name in keyof Options]-?: WireOption }

/**
 * Makes the options of a message from those that a caller has given. Throws `ApiMisuse` for a name that does not exist, with the name that was
 * probably meant, and for a value that the option does not take.
 */
export function wireOptions<Options extends object>(given: Options | undefined, table: WireOptions<Options>, where: string): Dict {
  if (given === undefined) return none
  const wire: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(given)) {
    const option = Object.hasOwn(table, name) ? table[name as keyof Options] : undefined
    if (option === undefined || (value !== undefined && !option.holds(value))) return complain(given, table, where)
    if (option.wire !== undefined && value !== undefined) wire[option.wire] = value
  }
  return wire
}

function complain<Options>(given: unknown, table: WireOptions<Options>, where: string): Dict {
  checkOptions<Options>(given, table as OptionChecks<Options>, where)
  return none
}

const none: Dict = Object.freeze({})
