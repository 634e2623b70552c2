// Measures the memory that an idle session takes in the router, beside a WebSocket connection of the same library, on V8's heap. Needs a build.
import { parseArgs } from 'node:util'
import { Child, endChildren } from '../child.mjs'
import { machine } from '../machine.mjs'
import { outUsage, writeResult } from '../results.mjs'
import { median } from '../statistics.mjs'

const usage = `npm run router-idle -- [options]

  --count N         sessions (2000)
  --rounds N        processes of each server (3)
  --objects         what the sessions hold on the heap, by kind; of the first process of each
  ${outUsage}
  --help            this text
`
const { values: wanted } = parseArgs({
  options: {
    count: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '3' },
    objects: { type: 'boolean', default: false },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
if (wanted.help) {
  console.log(usage)
  process.exit(0)
}
const count = Number(wanted.count)
const rounds = Number(wanted.rounds)

/** `most`: the octets that a session may take beyond the kind of session before it. */
const kinds = [
  { name: 'WebSocket connection, after one message', kind: 'floor', entries: 0 },
  { name: 'session', kind: 'router', entries: 0, most: 3 * 1024 },
  { name: 'session with a subscription and a registration', kind: 'router', entries: 1, most: 1024 },
]

const results = []
for (const one of kinds) {
  const found = []
  for (let round = 0; round < rounds; round++) found.push(await measured(one, wanted.objects && round === 0))
  results.push({
    name: one.name,
    most: one.most,
    heap: median(found.map(({ heap }) => heap)),
    external: median(found.map(({ external }) => external)),
  })
}
await endChildren()
report()
process.exit(0)

/** Returns the octets of each of `count` sessions. Some are there before, so that the code has run. */
async function measured({ name, kind, entries }, withObjects) {
  const server = Child.node('router/server.mjs', [kind, 'calls', 'json'], {}, ['--expose-gc', '--max-semi-space-size=1'])
  const load = Child.node('router/load.mjs')
  const { port } = await server.said()
  const open = (first, number) => load.ask({ order: 'idle', port, kind, serializer: 'json', first, count: number, entries })
  await open(0, 200)
  const objectsBefore = withObjects && (await server.ask({ command: 'objects' }))
  const before = await settled(server)
  await open(200, count)
  const after = await settled(server)
  if (withObjects) printObjects(name, objectsBefore, await server.ask({ command: 'objects' }))
  await Promise.all([load.end(), server.end()])
  return { heap: (after.heap - before.heap) / count, external: (after.external - before.external) / count }
}

/** Octets after garbage was collected. */
async function settled(server) {
  await server.ask({ command: 'gc' })
  const { heap, external } = await server.ask({ command: 'gc' })
  return { heap: heap * 1024, external: external * 1024 }
}

function printObjects(name, before, after) {
  console.log(`${name}: what there is more of for each\n\n   number   octets`)
  const more = Object.entries(after).map(([kind, { count: number, octets }]) => {
    return { kind, number: (number - (before[kind]?.count ?? 0)) / count, octets: (octets - (before[kind]?.octets ?? 0)) / count }
  })
  for (const { kind, number, octets } of more.filter(({ octets: some }) => some >= 8).sort((one, other) => other.octets - one.octets))
    console.log(`${number.toFixed(1).padStart(9)}${octets.toFixed(0).padStart(9)}  ${kind}`)
  console.log('')
}

function report() {
  const rows = results.map((one, at) => ({ ...one, more: at === 0 ? undefined : sum(one) - sum(results[at - 1]) }))
  writeResult(wanted.out, { count, rounds, results: rows })
  console.log(`${machine()}; octets of each of ${count}, medians of ${rounds} processes\n`)
  console.log('| | on the heap | outside of it | more than the row above | at most | met |\n|---|--:|--:|--:|--:|---|')
  for (const { name, heap, external, more, most } of rows) {
    const target = more === undefined ? ['', '', ''] : [more.toFixed(0), String(most), more <= most ? 'yes' : 'no']
    console.log(`| ${[name, heap.toFixed(0), external.toFixed(0), ...target].join(' | ')} |`)
  }
}

function sum({ heap, external }) {
  return heap + external
}
