// Measures the longest turn of the server's event loop during work that takes long.
import { parseArgs } from 'node:util'
import { listOf, named } from './arguments.mjs'
import { Child, endChildren } from './child.mjs'
import { checkInstallation } from './installed.mjs'
import { machine } from './machine.mjs'
import { clear, tell } from './progress.mjs'
import { outUsage, writeResult } from './results.mjs'
import { median } from './statistics.mjs'

const usage = `npm run slices -- [options]

  --only NAMES      work whose name contains one of these, separated by commas
  --times N         number of runs of each, 1 to 100 (7)
  --cpu-prof FOLDER writes a profile of each server there
  ${outUsage}
  --help            this text
`
const bound = 5
const wanted = readArguments()
checkInstallation()
process.on('SIGINT', () => process.exit(130))

const works = [
  { name: 'nothing, to compare', order: { work: 'nothing' }, deflate: false },
  { name: 'a decompression bomb of 1 GiB', order: { work: 'say', message: 'bomb' }, deflate: 'takeover' },
  { name: 'a message of 16 MiB in, deflate', order: { work: 'say', message: 'big' }, deflate: 'takeover', isSink: true },
  { name: 'a message of 16 MiB out, deflate', order: { work: 'send', prepare: true }, deflate: 'takeover' },
  { name: 'an echo of 16 MiB, deflate', order: { work: 'say', message: 'big' }, deflate: 'takeover' },
  { name: 'a broadcast to 10,000', order: { work: 'broadcast' }, deflate: false, crowd: 10_000 },
  { name: 'a broadcast to 10,000, deflate', order: { work: 'broadcast' }, deflate: 'takeover', crowd: 10_000 },
]

const chosen = chooseWorks()
console.log(`${machine()}\n`)
console.log(`Milliseconds of the longest turn of the loop; target: at most ${bound}. ${wanted.times} times each, median and worst.\n`)
const head = ['', 'median', 'worst', 'on a core', 'without collections', 'by Node', 'collection', 'all took', '']
const rows = []
const kept = []
const failures = []
for (const work of chosen) {
  try {
    const results = await measured(work)
    rows.push(row(work.name, results))
    kept.push({ name: work.name, ...typicalAndWorst(results) })
  } catch (error) {
    failures.push(`${work.name} FAILED: ${error.message}`)
  }
  await endChildren()
}
clear()
const widths = head.map((_, at) => Math.max(...[head, ...rows].map(cells => cells[at].length)))
for (const cells of [head, ...rows])
  console.log(cells.map((text, at) => (at === 0 ? text.padEnd(widths[at]) : text.padStart(widths[at]))).join('  '))
console.log(`
on a core: the worst by the CPU time of the thread alone, without its waiting for others that collect garbage
without collections: the worst of the turns in which no garbage was collected
by Node: the worst that perf_hooks.monitorEventLoopDelay saw, which counts waiting for a core as well
collection: the longest single one`)
for (const failure of failures) console.error(failure)
writeResult(wanted.out, { bound, times: wanted.times, results: kept })
process.exit(failures.length > 0 || rows.some(cells => cells.at(-1) !== '') ? 1 : 0)

async function measured({ name, order, deflate, isSink, crowd = 1 }) {
  const profile = wanted['cpu-prof'] === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${wanted['cpu-prof']}`, '--cpu-prof-interval=200']
  const server = Child.node('slices/server.mjs', [JSON.stringify({ deflate, isSink })], {}, ['--expose-gc', ...profile])
  const load = Child.node('slices/load.mjs')
  const { port } = await server.said()
  await load.said()
  tell(`${name}: opening ${crowd}`)
  try {
    await load.ask({ command: 'open', port, deflate, count: crowd })
  } catch (error) {
    throw new Error(`${error.message}; with many connections, a larger ulimit -n may help`, { cause: error })
  }
  const results = []
  if (order.prepare) await server.ask({ command: 'prepare' })
  // Garbage made so far should not be collected during the measurement.
  await server.ask({ command: 'gc' })
  // One run before, to warm up.
  for (let times = -1; times < wanted.times; times++) {
    tell(`${name}: ${times + 1} of ${wanted.times}`)
    await server.ask({ command: 'watch' })
    await worked(server, load, order, { port, deflate })
    const result = await server.ask({ command: 'seen' })
    if (times >= 0) results.push(result)
  }
  await load.end()
  await server.leave()
  return results
}

/** Does one piece of work, until all of it has arrived. */
async function worked(server, load, { work, message }, place) {
  if (work === 'nothing') return new Promise(resolve => setTimeout(resolve, 200))
  if (work === 'say') return load.ask({ command: 'say', message, ...place })
  await load.ask({ command: 'hear' })
  await server.ask({ command: work })
  await load.ask({ command: 'heard' })
}

function row(name, results) {
  const { median: typical, worst } = typicalAndWorst(results)
  const of = key => Math.max(...results.map(result => result[key])).toFixed(1)
  const verdict = worst <= bound ? '' : typical <= bound ? 'over, not mostly' : 'OVER'
  const all = `${median(results.map(({ took }) => took)).toFixed(0)} ms`
  return [name, typical.toFixed(1), worst.toFixed(1), of('ran'), of('longestClean'), of('delay'), of('collection'), all, verdict]
}

function typicalAndWorst(results) {
  const all = results.map(({ longest }) => longest)
  return { median: median(all), worst: Math.max(...all) }
}

function chooseWorks() {
  try {
    return wanted.only === undefined ? works : named('only', wanted.only, works)
  } catch (error) {
    refuse(error)
  }
}

function refuse(error) {
  console.error(`slices: ${error.message}\n\n${usage}`)
  process.exit(2)
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: 'string' },
        times: { type: 'string', default: '7' },
        'cpu-prof': { type: 'string' },
        out: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) {
      console.log(usage)
      process.exit(0)
    }
    const times = Number(values.times)
    if (!(Number.isInteger(times) && times >= 1 && times <= 100))
      throw new Error(`--times must be a whole number from 1 to 100, not ${values.times}`)
    return { ...values, times, only: listOf('only', values.only) }
  } catch (error) {
    refuse(error)
  }
}
