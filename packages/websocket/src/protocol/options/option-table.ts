import { checkOptions } from '../checks/check-options.ts'

/** The default of one option, and the values that it accepts: the part of a rule that code needs. */
export interface OptionSetting<T> {
  readonly default: T
  /** The allowed values in words. */
  readonly wanted: string
  holds(value: unknown): boolean
}

/** One option: its setting, its meaning, and the reason for its default. */
export interface OptionRule<T> extends OptionSetting<T> {
  readonly means: string
  /** The reason for the default. */
  readonly because: string
}

export type OptionSettings<Options> = { readonly [name in keyof Options]: OptionSetting<Options[name]> }

export type OptionTable<Options> = { readonly [name in keyof Options]: OptionRule<Options[name]> }

/** The texts of an option, for people: its meaning, and the reason for its default. */
export type OptionText = readonly [means: string, because: string]

/**
 * Completes the options that were given with `base`. Throws `ApiMisuse` as `checkOptions` does.
 *
 * `where` is the function as callers know it, for the message.
 */
export function resolveOptions<Options extends object>(
  table: OptionSettings<Options>,
  base: Options,
  given: Partial<Options>,
  where?: string,
): Options {
  checkOptions<Options>(given, table as OptionSettings<Required<Options>>, where)
  const entries = Object.entries(given ?? {}).filter(([, value]) => value !== undefined)
  return { ...base, ...Object.fromEntries(entries) }
}

/** Returns all options of a table at their defaults. */
export function defaultsOf<Options>(table: OptionSettings<Options>): Options {
  const names = Object.keys(table) as (keyof Options)[]
  return Object.fromEntries(names.map(name => [name, table[name].default])) as Options
}

/** Makes one option of a table. */
export function optionRule<T>(value: T, means: string, because: string, wanted: string, holds: (value: unknown) => boolean): OptionRule<T> {
  return { default: value, means, because, wanted, holds }
}

/** Makes the setting of one option. */
export function optionSetting<T>(value: T, wanted: string, holds: (value: unknown) => boolean): OptionSetting<T> {
  return { default: value, wanted, holds }
}

/**
 * Joins settings and texts to a table. Pages load the settings alone: a bundler leaves the texts out where the table is not used.
 */
export function explained<Options>(
  settings: OptionSettings<Options>,
  texts: { readonly [name in keyof Options]: OptionText },
): OptionTable<Options> {
  const names = Object.keys(settings) as (keyof Options)[]
  const rules = names.map(name => {
    const [means, because] = texts[name]
    return [name, { ...settings[name], means, because }]
  })
  return Object.fromEntries(rules) as OptionTable<Options>
}
