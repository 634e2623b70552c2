// Measures the CPU time of encoding, decoding and handing on messages of WAMP version 2, in each format, beside other libraries.
import { argumentsOrUsage, roundsIn } from './arguments.mjs'
import { machine } from './machine.mjs'
import { outUsage, writeResult } from './results.mjs'
import { candidatesOf, formats } from './serializers/candidates.mjs'
import { messages } from './serializers/messages.mjs'
import { median } from './statistics.mjs'

const usage = `npm run serializers -- [options]

  --rounds N        rounds, after one to warm up (7)
  --seconds N       length of a round of one candidate (0.05)
  --only NAMES      messages or formats whose names contain one of these, separated by commas
  --quick           two short rounds, as a test of the program
  ${outUsage}
  --help            this text
`

const wanted = argumentsOrUsage('serializers', usage, args => roundsIn(args, { seconds: '0.05', quickMilliseconds: 5 }))
console.log(`${machine()}\n\nns of CPU time per message; medians of ${wanted.rounds} rounds\n`)
const rows = []
for (const message of messages) {
  for (const format of formats) {
    const name = `${message.name}: ${format.name}`
    if (!wanted.only.some(part => name.toLowerCase().includes(part))) continue
    rows.push(...(await measured(name, message, await candidatesOf(format))))
  }
}
writeResult(wanted.out, { rounds: wanted.rounds, rows })

/** Measures one message in one format. The candidates take turns. */
async function measured(name, message, candidates) {
  const samples = Array.from({ length: 64 }, (_, n) => message.make(1000 * (n + 1)))
  const tasks = []
  for (const candidate of candidates) {
    const encoded = []
    for (const sample of samples) encoded.push(await candidate.encode(sample))
    tasks.push({ candidate, work: 'encode', costs: [], run: n => candidate.encode(samples[n]) })
    tasks.push({ candidate, work: 'decode', costs: [], run: n => candidate.decode(encoded[n]) })
    tasks.push({ candidate, work: 'handOn', costs: [], run: n => candidate.handOn(encoded[n], message.handOn) })
  }
  for (let round = -1; round < wanted.rounds; round++) {
    for (const task of round % 2 === 0 ? tasks : tasks.toReversed()) {
      const cost = await costOf(task.run, wanted.milliseconds)
      if (round >= 0) task.costs.push(cost)
    }
  }
  console.log(`${name}\n  ${'encode'.padStart(10)}${'decode'.padStart(10)}${'hand on'.padStart(10)}`)
  return candidates.map(candidate => {
    const row = { name, candidate: candidate.name }
    for (const { work, costs } of tasks.filter(task => task.candidate === candidate)) row[work] = median(costs)
    console.log(`  ${['encode', 'decode', 'handOn'].map(work => row[work].toFixed(0).padStart(10)).join('')}  ${candidate.name}`)
    return row
  })
}

/** Returns the CPU time of one run in ns. Runs that return promises are awaited one after the other. */
async function costOf(run, milliseconds) {
  const first = run(0)
  const isAsync = first instanceof Promise
  await first
  const before = process.cpuUsage()
  const end = performance.now() + milliseconds
  let count = 0
  while (performance.now() < end) {
    if (isAsync) for (let n = 0; n < 64; n++) await run(n)
    else for (let n = 0; n < 64; n++) run(n)
    count += 64
  }
  const { user, system } = process.cpuUsage(before)
  return (1000 * (user + system)) / count
}
