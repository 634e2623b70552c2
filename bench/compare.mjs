// Compares two builds of the library in turns: the cost of a change, beside the difference of the same build from itself.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Child, endChildren } from './child.mjs'
import { comparisonIn, comparisonUsage } from './compare/arguments.mjs'
import { publishedForm } from './compare/published.mjs'
import { compared, comparison } from './compare/table.mjs'
import { checkInstallation } from './installed.mjs'
import { certificate, machine } from './machine.mjs'
import { clear, tell } from './progress.mjs'
import { scenarios } from './scenarios.mjs'

checkInstallation()
process.on('SIGINT', () => process.exit(130))
const wanted = readArguments()
const began = performance.now()
const tls = certificate()
const after = wanted.isPublished ? await publishedForm() : undefined
const results = []
for (const { scenario, style } of wanted.loads) {
  const name = style === 'functions' ? `${scenario.name}, function style` : scenario.name
  if (scenario.wants.includes('tls') && tls === undefined) continue
  results.push({ name, unit: scenario.unit, ...(await pairsOf(scenario, style, name)) })
  clear()
  console.error(comparison(results.slice(-1)).split('\n').at(-1))
}
console.log(
  `\nMeasured on: ${machine()}. ${wanted.pairs} pairs of ${wanted.milliseconds / 1000} s from ${wanted.processes} processes of each build${wanted.isPublished ? ', after as it is published' : ''}.`,
)
console.log(`\n${comparison(results)}\n`)
process.exit(results.every(result => compared(result).holds) ? 0 : 1)

/** Measures in several fresh processes, because processes of the same build may differ for as long as they live. */
async function pairsOf(scenario, style, name) {
  const figures = { before: [], again: [], after: [] }
  const file = style === 'functions' ? 'servers/functions.mjs' : 'servers/autobahn-ts.mjs'
  for (let process = 1; process <= wanted.processes; process++) {
    const rounds = Math.ceil((wanted.pairs - figures.before.length) / (wanted.processes - process + 1))
    if (rounds === 0) continue
    const progress = line => tell(`${minutes()} min, ${name}, processes ${process} of ${wanted.processes}, ${line}`)
    const peers = [peer('before', wanted.before, file), peer('again', wanted.before, file), peer('after', after, file)]
    const sizes = { receivers: 1000, crowd: 6000, handshakes: 2000 }
    const measured = await scenario.run({ peers, rounds, milliseconds: wanted.milliseconds, tls, progress, ...sizes })
    for (const run of measured) figures[run.peer].push(...run.figures)
    await endChildren()
  }
  return figures
}

/** Returns the server program of that checkout, so that each build is used by the program that was written for it. */
function peer(name, checkout, file) {
  const program = checkout === undefined ? file : pathToFileURL(resolve(checkout, 'bench', file)).href
  return { name, isOurs: true, server: (order, v8Flags = []) => Child.node(program, [JSON.stringify(order)], {}, v8Flags) }
}

function minutes() {
  return ((performance.now() - began) / 60_000).toFixed(1)
}

function readArguments() {
  try {
    const values = comparisonIn(process.argv.slice(2), scenarios)
    if (values.help) {
      console.log(comparisonUsage)
      process.exit(0)
    }
    const built = resolve(values.before, 'packages/websocket/dist/index.js')
    if (!existsSync(built)) throw new Error(`--before must be a checkout with a build: ${built} does not exist`)
    return values
  } catch (error) {
    console.error(`compare: ${error.message}\n\n${comparisonUsage}`)
    process.exit(2)
  }
}
