import type { OptionCheck, OptionChecks } from '@autobahn-ts/websocket/portable'
import type { Dict } from '../messages/message.ts'

/** One option of a request, with the values that it takes. */
export interface WireOption extends OptionCheck {
  /** Its name in the message; absent where it concerns this side alone. */
  readonly wire?: string
}

/** The options of a request, by their names for callers. */
export type WireOptions<Options> = { readonly [name in keyof Options]-?: WireOption }

/** Checks the options of a request where they do not fit. Throws `ApiMisuse`, and returns only where a value fits when it is read again. */
export type CheckRequest = (given: unknown, table: OptionChecks<Readonly<Record<string, unknown>>>, where: string) => void

/**
 * Makes the options of a message from those that a caller has given. Throws `ApiMisuse` for a name that does not exist, and for a value that the
 * option does not take, in the words of `check`.
 */
export function wireOptions<Options extends object>(
  given: Options | undefined,
  table: WireOptions<Options>,
  where: string,
  check: CheckRequest,
): Dict {
  if (given === undefined) return none
  // a number in its place has no properties that could be wrong, and options that are inherited are not seen below
  if (given === null || Object.getPrototypeOf(given) !== Object.prototype) check(given, table, where)
  const wire: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(given)) {
    const option = Object.hasOwn(table, name) ? table[name as keyof Options] : undefined
    if (option === undefined || (value !== undefined && !option.holds(value))) {
      check(given, table, where)
      return none
    }
    if (option.wire !== undefined && value !== undefined) wire[option.wire] = value
  }
  return wire
}

const none: Dict = Object.freeze({})
