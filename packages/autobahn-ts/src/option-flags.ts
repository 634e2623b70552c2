import { type OptionRule, type ServerOptions, serverOptions } from '@autobahn-ts/websocket'
import { InvalidArgumentError, Option } from 'commander'

type Scalar = boolean | number | string
type OptionName = keyof ServerOptions

/** A flag for every protocol option of a server whose value fits on a command line: true or false, a number, a word. */
export function optionFlags(): Option[] {
  return scalarOptions().map(([name, rule]) => flagFor(name, rule))
}

/** The protocol options among the values that the command line has read. */
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

/** Options are flags here, also where one speaks of another. */
function description({ means }: OptionRule<Scalar>): string {
  return means.replaceAll(/`([^`]*)`/g, (_, quoted: string) => (Object.hasOwn(serverOptions, quoted) ? `--${kebab(quoted)}` : quoted))
}

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

/** A flag for true or false without its value never comes here: it is true. `undefined` where the text is nothing of this kind; no rule holds for that. */
function read(text: string, kind: string): Scalar | undefined {
  if (kind === 'string') return text
  if (kind === 'number') return /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined
  return booleans.get(text)
}

const booleans: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
])
