import { type OptionRule, type ServerOptions, serverOptions } from '@autobahn-ts/websocket'
import { InvalidArgumentError, Option } from 'commander'

type Scalar = boolean | number | string
type OptionName = keyof ServerOptions

/** Makes a flag for every protocol option of a server whose value fits on a command line: true or false, a number, a word. */
export function optionFlags(): Option[] {
  return scalarOptions().map(([name, rule]) => flagFor(name, rule))
}

/** Picks the protocol options from the values that the command line has read. */
export function protocolOptionsIn(values: Readonly<Record<string, unknown>>): Partial<ServerOptions> {
  const given = scalarOptions().filter(([name]) => values[name] !== undefined)
  return Object.fromEntries(given.map(([name]) => [name, values[name]]))
}

function scalarOptions(): [OptionName, OptionRule<Scalar>][] {
  const all = Object.entries(serverOptions) as [OptionName, OptionRule<unknown>][]
  return all.filter((entry): entry is [OptionName, OptionRule<Scalar>] => isScalar(entry[1].default))
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string'
}

function flagFor(name: OptionName, rule: OptionRule<Scalar>): Option {
  return new Option(`--${kebab(name)} ${placeholder(rule)}`, description(rule))
    .default(rule.default, String(rule.default))
    .argParser(text => checked(text, rule))
    .helpGroup('Protocol options:')
}

/** Returns the description of an option, with the names of other options written as flags. */
function description({ means }: OptionRule<Scalar>): string {
  const isFlag = (name: string): name is OptionName => scalarOptions().some(([flag]) => flag === name)
  return means.replaceAll(/`([^`]*)`/g, (_, quoted: string) => ownFlags.get(quoted) ?? (isFlag(quoted) ? `--${kebab(quoted)}` : quoted))
}

/** The flags of commands for options that are not made into flags here. */
const ownFlags: ReadonlyMap<string, string> = new Map([['allowedOrigins', '--allow-origin']])

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
}

function placeholder({ default: value, wanted }: OptionRule<Scalar>): string {
  if (typeof value === 'boolean') return '[true|false]'
  if (typeof value === 'string') return '<word>'
  const [unit = 'number'] = wanted.match(/octets|seconds/) ?? []
  return `<${unit}>`
}

function checked(text: string, rule: OptionRule<Scalar>): Scalar {
  const value = read(text, typeof rule.default)
  if (!rule.holds(value)) throw new InvalidArgumentError(`It must be ${rule.wanted}.`)
  return value as Scalar
}

/**
 * Reads the text of a flag; `undefined` if it is not of this kind, which no rule accepts. A boolean flag without its value is true and
 * does not come here.
 */
function read(text: string, kind: string): Scalar | undefined {
  if (kind === 'string') return text
  if (kind === 'number') return /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined
  return booleans.get(text)
}

const booleans: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
])
