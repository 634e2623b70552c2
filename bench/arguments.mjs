import { parseArgs } from 'node:util'

export const usage = `npm run bench -- [options]

  --only NAMES    scenarios whose names contain one of these, separated by commas
  --peers NAMES   peers to measure, likewise; autobahn-ts is always one of them
  --all           more loads: text, 4 MiB, TLS, clients, handshakes, streaming, other versions of Node
  --rounds N      rounds of each scenario, 1 to 100 (5)
  --seconds N     length of a round, 0.05 to 20 (0.5)
  --quick         one short round of everything, as a test of the programs; not for measuring
  --out FOLDER    folder for the result (docs/benchmarks)
  --list          prints the names of scenarios and peers
  --help          this text
`

/**
 * Reads the command line. Throws an `Error` that describes a fault in it.
 *
 * @param {string[]} args
 */
export function argumentsIn(args) {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string' },
      peers: { type: 'string' },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '0.5' },
      quick: { type: 'boolean', default: false },
      all: { type: 'boolean', default: false },
      out: { type: 'string' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const { quick } = values
  const rounds = number('rounds', values.rounds, 1, 100)
  if (!Number.isInteger(rounds)) throw new Error(`--rounds must be a whole number, not ${values.rounds}`)
  const seconds = number('seconds', values.seconds, 0.05, 20)
  return {
    ...values,
    all: values.all || quick,
    only: listOf('only', values.only),
    peers: listOf('peers', values.peers),
    rounds: quick ? 1 : rounds,
    milliseconds: quick ? 100 : 1000 * seconds,
  }
}

/**
 * Reads the command line of a program that measures in rounds. Throws an `Error` that describes a fault in it.
 *
 * @param {readonly string[]} args
 * @param {{ readonly seconds: string, readonly quickMilliseconds: number, readonly more?: import('node:util').ParseArgsOptionsConfig }} program
 *   the default of `--seconds`, the length of a round with `--quick`, and further options, whose values are returned under `more`
 */
export function roundsIn(args, { seconds: usual, quickMilliseconds, more = {} }) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...more,
      rounds: { type: 'string', default: '7' },
      seconds: { type: 'string', default: usual },
      only: { type: 'string', default: '' },
      quick: { type: 'boolean', default: false },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const { rounds: count, seconds: length, only, quick, out, help, ...others } = values
  const [rounds, seconds] = [Number(count), Number(length)]
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds must be a whole number from 1, not ${count}`)
  if (!(seconds > 0)) throw new Error(`--seconds must be a number above 0, not ${length}`)
  return {
    rounds: quick ? 2 : rounds,
    milliseconds: quick ? quickMilliseconds : 1000 * seconds,
    only: only.toLowerCase().split(','),
    out,
    help,
    more: others,
  }
}

/**
 * Reads the command line of this process with `read`. Prints the usage and ends the process where the command line asks for it or has a fault.
 *
 * @template {{ readonly help?: boolean | undefined }} T
 * @param {string} program
 * @param {string} usage
 * @param {(args: readonly string[]) => T} read
 * @returns {T}
 */
export function argumentsOrUsage(program, usage, read) {
  try {
    const wanted = read(process.argv.slice(2))
    if (wanted.help !== true) return wanted
    console.log(usage)
    return process.exit()
  } catch (error) {
    console.error(`${program}: ${error instanceof Error ? error.message : error}\n\n${usage}`)
    return process.exit(2)
  }
}

/**
 * Returns the items whose names contain one of the parts; throws if no name contains a part.
 *
 * @template {{ readonly name: string }} T
 * @param {'only' | 'peers'} option
 * @param {readonly string[]} parts
 * @param {readonly T[]} all
 * @returns {T[]}
 */
export function named(option, parts, all) {
  const holds = (/** @type {T} */ one, /** @type {string} */ part) => one.name.toLowerCase().includes(part)
  const unknown = parts.find(part => !all.some(one => holds(one, part)))
  if (unknown !== undefined)
    throw new Error(`--${option}: no name contains ${unknown}; known names: ${all.map(one => one.name).join(' | ')}`)
  return all.filter(one => parts.some(part => holds(one, part)))
}

/**
 * Splits names that are separated by commas. A comma followed by a space is part of a name.
 *
 * @param {string} option
 * @param {string | undefined} text
 */
export function listOf(option, text) {
  if (text === undefined) return undefined
  const parts = text.split(/,(?! )/).map(name => name.trim().toLowerCase())
  if (parts.includes('')) throw new Error(`--${option} must be names separated by commas, not ${JSON.stringify(text)}`)
  return parts
}

/**
 * Reads a number. Throws an `Error` that names the option if the text is not a number within the bounds.
 *
 * @param {string} name
 * @param {string} text
 * @param {number} least
 * @param {number} most
 */
export function number(name, text, least, most) {
  const value = Number(text)
  if (!(value >= least && value <= most)) throw new Error(`--${name} must be a number from ${least} to ${most}, not ${text}`)
  return value
}
