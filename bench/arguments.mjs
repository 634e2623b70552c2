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
