import { parseArgs } from 'node:util'
import { listOf, named, number } from '../arguments.mjs'

export const comparisonUsage = `npm run compare -- --before FOLDER [options], in bench/

  --before FOLDER  another checkout of this repository, with a build, to compare this one with
  --published      compare the package as it is published, in place of the build of this checkout: bundled, it has less code in memory
  --only NAMES     loads whose names contain one of these, separated by commas
  --pairs N        number of rounds of each load, in which both builds take turns, 1 to 100 (15)
  --processes N    number of fresh processes of each server, 1 to 20 (3)
  --seconds N      length of a round, 0.05 to 20 (0.5)
  --help           this text
`

/**
 * Reads the command line; throws an `Error` that describes a fault in it.
 *
 * @param {string[]} args
 * @param {readonly Load[]} scenarios
 */
export function comparisonIn(args, scenarios) {
  const { values } = parseArgs({
    args,
    options: {
      before: { type: 'string' },
      published: { type: 'boolean', default: false },
      only: { type: 'string' },
      pairs: { type: 'string', default: '15' },
      processes: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '0.5' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.before === undefined && !values.help) throw new Error('--before is missing: the checkout to compare this one with')
  const pairs = number('pairs', values.pairs, 1, 100)
  const processes = number('processes', values.processes, 1, 20)
  for (const [name, value] of Object.entries({ pairs, processes }))
    if (!Number.isInteger(value)) throw new Error(`--${name} must be a whole number, not ${value}`)
  const loads = loadsOf(scenarios)
  const only = listOf('only', values.only)
  return {
    help: values.help,
    before: values.before ?? '',
    isPublished: values.published,
    pairs,
    processes: Math.min(pairs, processes),
    milliseconds: 1000 * number('seconds', values.seconds, 0.05, 20),
    loads: only === undefined ? loads : named('only', only, loads),
  }
}

/**
 * Returns the loads: echoes, broadcasts and handshakes in class style, and some of the echoes in function style as well.
 *
 * @param {readonly Load[]} scenarios
 */
export function loadsOf(scenarios) {
  const ours = scenarios.filter(({ unit, isOnOtherNodes, wants }) => unit === 'µs' && !isOnOtherNodes && !wants.includes('client'))
  return ours.flatMap(scenario => {
    const isSimple = scenario.wants.every(want => want === 'text') && scenario.what === 'CPU of the server per message'
    const byClass = { name: scenario.name, scenario, style: 'class' }
    return isSimple ? [byClass, { name: `${scenario.name}, function style`, scenario, style: 'functions' }] : [byClass]
  })
}

/**
 * @typedef {{ readonly name: string, readonly unit: string, readonly what: string, readonly wants: readonly string[],
 *   readonly isOnOtherNodes?: boolean }} Load
 */
