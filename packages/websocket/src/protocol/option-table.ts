import { ApiMisuse } from './errors.ts'
import { nearestName } from './nearest-name.ts'

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

/** Completes what was given with `base`; an unknown name or an ill-typed value is misuse. Reads own properties only. */
export function resolveOptions<Options extends object>(table: OptionTable<Options>, base: Options, given: Partial<Options>): Options {
  const resolved = { ...base }
  for (const name of Object.keys(given) as (keyof Options & string)[]) {
    const value = given[name]
    if (!Object.hasOwn(table, name)) throw new ApiMisuse(unknown(name, Object.keys(table)))
    if (value === undefined) continue
    if (!table[name].holds(value)) throw new ApiMisuse(`option ${name} must be ${table[name].wanted}, and not ${show(value)}`)
    resolved[name] = value as Options[typeof name]
  }
  return resolved
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

/** What is near enough to be meant, or else everything there is. */
function unknown(name: string, names: readonly string[]): string {
  const meant = nearestName(name, names)
  return `there is no option ${name}; ${meant === undefined ? `there are ${names.join(', ')}` : `did you mean ${meant}?`}`
}

function show(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Object.prototype.toString.call(value)
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}
