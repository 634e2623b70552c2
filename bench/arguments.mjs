import { parseArgs } from 'node:util'

export const usage = `npm run bench -- [options]

  --only NAMES    scenarios whose names contain one of these, separated by commas
  --peers NAMES   servers, likewise; autobahn-ts is always one of them
  --rounds N      rounds of each scenario (5)
  --seconds N     length of a round (0.5)
  --quick         two short rounds: to see that all of it works
  --all           more loads: 4 MiB, deflate without takeover, TLS with large messages
  --out FOLDER    where the result goes (docs/benchmarks)
  --help          this text
`

/** Throws an `Error` that says what is wrong with the command line. */
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
      help: { type: 'boolean', default: false },
    },
  })
  const { quick } = values
  return {
    ...values,
    only: listOf(values.only),
    peers: listOf(values.peers),
    rounds: quick ? 2 : number('rounds', values.rounds, 1, 100),
    milliseconds: quick ? 150 : 1000 * number('seconds', values.seconds, 0.05, 60),
  }
}

function listOf(text) {
  return text?.split(',').map(name => name.trim().toLowerCase())
}

function number(name, text, least, most) {
  const value = Number(text)
  if (!(value >= least && value <= most)) throw new Error(`--${name} must be a number from ${least} to ${most}, and not ${text}`)
  return value
}
