// Measures the memory of a connection that has been idle, or has had one message: resident memory and V8's heap, and the objects on it.
import { parseArgs } from 'node:util'
import { Child, endChildren } from './child.mjs'
import { checkInstallation } from './installed.mjs'
import { machine } from './machine.mjs'
import { outUsage, writeResult } from './results.mjs'
import { medianOf } from './scenarios/rounds.mjs'

const usage = `npm run idle -- [options]

  --count N         connections, 100 to 20000 (2000)
  --rounds N        processes of each server, 1 to 20 (3)
  --only NAMES      the servers of these names, separated by commas
  --objects         what the connections hold on the heap, by kind, from two snapshots of it; of the first process
  ${outUsage}
  --help            this text
`
const { count, rounds, only, objects, out } = readArguments()
checkInstallation()

const servers = [
  { name: 'autobahn-ts', file: 'servers/autobahn-ts.mjs' },
  { name: 'autobahn-ts functions', file: 'servers/functions.mjs' },
  { name: 'ws', file: 'servers/ws.mjs' },
].filter(({ name }) => only === undefined || only.split(',').includes(name))

console.log(`${machine()}\n`)
console.log(`For each of ${count} connections; medians of ${rounds} processes\n`)
console.log('| server | said | KiB resident | octets of heap | octets outside of it |\n| --- | --- | --- | --- | --- |')
const results = []
for (const { name, file } of servers) {
  const found = []
  for (let round = 0; round < rounds; round++) found.push(await measured(file, round === 0 && objects))
  for (const said of ['nothing', 'one message']) {
    const [resident, heap, external] = ['resident', 'heap', 'external'].map(figure => medianOf(found, one => one[said][figure]))
    results.push({ name, said, resident, heap, external })
    console.log(`| ${name} | ${said} | ${(resident / 1024).toFixed(2)} | ${heap.toFixed(0)} | ${external.toFixed(0)} |`)
  }
  if (objects) printObjects(found[0].objects)
}
await endChildren()
writeResult(out, { count, rounds, results })
process.exit()

/** Some connections are there before, and have spoken, so that the code has run. */
async function measured(file, withObjects) {
  const server = Child.node(file, ['{}'], {}, ['--expose-gc', '--max-semi-space-size=1'])
  const crowd = Child.node('loads/crowd.mjs')
  const { port } = await server.said()
  await crowd.said()
  const open = number => crowd.ask({ command: 'open', port, count: number })
  const speak = () => crowd.ask({ command: 'speak', port })
  await open(100)
  await speak()
  if (withObjects) await server.ask({ command: 'objects' })
  const before = await settled(server)
  const objectsBefore = withObjects && (await server.ask({ command: 'objects' }))
  await open(count)
  const nothing = perConnection(before, await settled(server))
  await speak()
  const spoken = perConnection(before, await settled(server))
  const objects = withObjects && difference(objectsBefore, await server.ask({ command: 'objects' }))
  await Promise.all([crowd.end(), server.end()])
  return { nothing, 'one message': spoken, objects }
}

/** Octets after garbage was collected. */
async function settled(server) {
  await server.ask({ command: 'gc' })
  const { heap, external } = await server.ask({ command: 'gc' })
  return { resident: server.resident * 1024, heap: heap * 1024, external: external * 1024 }
}

function perConnection(before, after) {
  return Object.fromEntries(Object.entries(after).map(([figure, octets]) => [figure, (octets - before[figure]) / count]))
}

/** The kinds of which there are at least one for each ten connections more, largest first. */
function difference(before, after) {
  const more = Object.entries(after).map(([kind, { count: number, octets }]) => ({
    kind,
    number: (number - (before[kind]?.count ?? 0)) / count,
    octets: (octets - (before[kind]?.octets ?? 0)) / count,
  }))
  return more.filter(({ number, octets }) => number >= 0.1 || octets >= 8).sort((one, other) => other.octets - one.octets)
}

function printObjects(kinds) {
  console.log('\n   number   octets')
  for (const { kind, number, octets } of kinds) console.log(`${number.toFixed(1).padStart(9)}${octets.toFixed(0).padStart(9)}  ${kind}`)
  const sum = kinds.reduce((octets, one) => octets + one.octets, 0)
  console.log(`${sum.toFixed(0).padStart(18)}  all of these, after one message\n`)
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        count: { type: 'string', default: '2000' },
        rounds: { type: 'string', default: '3' },
        only: { type: 'string' },
        objects: { type: 'boolean', default: false },
        out: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    })
    const numbers = { count: numberIn(values, 'count', 100, 20_000), rounds: numberIn(values, 'rounds', 1, 20) }
    if (!values.help) return { ...values, ...numbers }
    console.log(usage)
  } catch (error) {
    console.error(`idle: ${error.message}\n\n${usage}`)
    process.exit(2)
  }
  process.exit()
}

function numberIn(values, name, least, most) {
  const number = Number(values[name])
  if (Number.isInteger(number) && number >= least && number <= most) return number
  throw new Error(`--${name} must be a whole number from ${least} to ${most}, and not ${values[name]}`)
}
