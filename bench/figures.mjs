// Runs the programs whose results the documents quote, except the benchmark itself, and writes the figures into the documents.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { listOf, named } from './arguments.mjs'

const usage = `npm run figures -- [options]

  --only NAMES    programs whose names contain one of these, separated by commas
  --quick         the shortest runs, as a test of the programs; needs --out
  --out FOLDER    folder for the results (docs/benchmarks); with another folder the documents are not changed
  --help          this text
`

const programs = [
  { name: 'slices', file: 'slices.mjs', quick: ['--times', '1'] },
  { name: 'stream', file: 'stream.mjs', quick: ['--quick'] },
  { name: 'wamp', file: 'wamp.mjs', quick: ['--quick'] },
  { name: 'router', file: 'router/speed.mjs', quick: ['--rounds', '1', '--seconds', '0.05'] },
  { name: 'router-idle', file: 'router/idle.mjs', quick: ['--count', '200', '--rounds', '1'] },
  { name: 'router-hostile', file: 'router/hostile.mjs', quick: ['--sessions', '20', '--rounds', '1', '--seconds', '0.5'] },
  { name: 'router-start', file: 'router/start.mjs', quick: ['--rounds', '1'] },
  { name: 'wamp-client', file: 'wamp-client.mjs', quick: ['--quick'] },
  { name: 'wamp-texts', file: 'wamp-texts.mjs', quick: ['--rounds', '1'] },
  { name: 'bombs', file: 'bombs.mjs', quick: ['--connections', '20'] },
  { name: 'channels', file: 'channels.mjs', quick: ['--quick'] },
  { name: 'codecs', file: 'codecs.mjs', quick: ['--count', '20'] },
  { name: 'bundle-size', file: '../scripts/bundle-size.mjs', quick: [] },
]

const { quick, out, chosen } = readArguments()
const began = performance.now()
const failed = chosen.filter(({ name, file, quick: short }) => {
  console.log(`\n── ${name}\n`)
  return !run(file, [...(quick ? short : []), '--out', join(out ?? pathOf('../docs/benchmarks'), `${name}.json`)])
})
console.log(`\n${((performance.now() - began) / 60_000).toFixed(1)} minutes`)
if (failed.length > 0) console.error(`missed a target, or failed: ${failed.map(({ name }) => name).join(', ')}`)
const isWritten = out !== undefined || run('../scripts/write-figures.mjs', [])
process.exit(failed.length === 0 && isWritten ? 0 : 1)

function run(file, args) {
  return spawnSync(process.execPath, [pathOf(file), ...args], { stdio: 'inherit' }).status === 0
}

function pathOf(file) {
  return fileURLToPath(new URL(file, import.meta.url))
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: 'string' },
        quick: { type: 'boolean', default: false },
        out: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) {
      console.log(usage)
      process.exit(0)
    }
    if (values.quick && values.out === undefined) throw new Error('the results of --quick are not for documents: it needs --out')
    const only = listOf('only', values.only)
    return { quick: values.quick, out: values.out, chosen: only === undefined ? programs : named('only', only, programs) }
  } catch (error) {
    console.error(`figures: ${error.message}\n\n${usage}`)
    process.exit(2)
  }
}
