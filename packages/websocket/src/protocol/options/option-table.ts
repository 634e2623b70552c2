import { checkOptions } from '../checks/check-options.ts'

/** One option: what it is by default and why, what it means, and which values it takes. */
export interface OptionRule<T> {
  readonly default: T
  readonly means: string
  /** Why the default is what it is. */
  readonly because: string
  /** What the value has to be, in words. */
  readonly wanted: string
  holds(value: unknown): boolean
}

export type OptionTable<Options> = { readonly [name in keyof Options]: OptionRule<Options[name]> }

/**
 * Completes the options that were given with `base`. Throws `ApiMisuse` as `checkOptions` does.
 *
 * `where` is the function as callers know it, for the message.
 */
export function resolveOptions<Options extends object>(
  table: OptionTable<Options>,
  base: Options,
  given: Partial<Options>,
  where?: string,
): Options {
  checkOptions<Options>(given, table as OptionTable<Required<Options>>, where)
  const entries = Object.entries(given ?? {}).filter(([, value]) => value !== undefined)
  return { ...base, ...Object.fromEntries(entries) }
}

/** All options of a table at their defaults. */
export function defaultsOf<Options>(table: OptionTable<Options>): Options {
  const names = Object.keys(table) as (keyof Options)[]
  return Object.fromEntries(names.map(name => [name, table[name].default])) as Options
}

/** One option of a table. */
export function optionRule<T>(value: T, means: string, because: string, wanted: string, holds: (value: unknown) => boolean): OptionRule<T> {
  return { default: value, means, because, wanted, holds }
}
