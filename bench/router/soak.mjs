// Lets sessions call, publish, drop and return for minutes, and compares heap, handles and tables of the router after each minute with those after the
// first. Needs a build.
import { parseArgs } from 'node:util'
import { Child, endChildren } from '../child.mjs'
import { machine } from '../machine.mjs'
import { outUsage, writeResult } from '../results.mjs'

const usage = `npm run router-soak -- [options]

  --minutes N       minutes, 2 at least (60)
  --sessions N      sessions (2000)
  --rate N          actions in a second, of all sessions together (1000)
  ${outUsage}
  --help            this text
`
const { values: wanted } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    sessions: { type: 'string', default: '2000' },
    rate: { type: 'string', default: '1000' },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
if (wanted.help) {
  console.log(usage)
  process.exit(0)
}
const minutes = Number(wanted.minutes)
const minuteLength = 60_000
/** The most that the heap may be, as a share of that after the first minute. */
const most = 1.05

const server = Child.node('router/server.mjs', ['router', 'calls', 'json'], {}, ['--expose-gc'])
const { port } = await server.said()
const load = Child.node('router/soak-load.mjs', [String(port), wanted.sessions, wanted.rate])
await load.said()
console.log(`${machine()}; ${wanted.sessions} sessions, ${wanted.rate} actions in a second\n`)
console.log(
  '| minute | heap, MiB | sessions | registrations | subscriptions | calls | waiting messages | handles | calls made | events | returned | wrong |',
)
console.log('|--:|--:|--:|--:|--:|--:|--:|---|--:|--:|--:|--:|')
const samples = []
for (let minute = 1; minute <= minutes; minute++) {
  await load.ask({ command: 'begin', milliseconds: minuteLength })
  await new Promise(resolve => setTimeout(resolve, minuteLength))
  const did = await load.ask({ command: 'ended' })
  await server.ask({ command: 'gc' })
  const { heap } = await server.ask({ command: 'gc' })
  const sample = { minute, heap: heap / 1024, ...(await server.ask({ command: 'state' })), ...did }
  samples.push(sample)
  const { sessions, registrations, subscriptions, calls, waiting, handles, called, events, returned, wrong } = sample
  const cells = [
    minute,
    sample.heap.toFixed(1),
    sessions,
    registrations,
    subscriptions,
    calls,
    waiting,
    handles,
    called,
    events,
    returned,
    wrong,
  ]
  console.log(`| ${cells.join(' | ')} |`)
}
await endChildren()
const [first] = samples
const last = samples.at(-1)
const isSame = ['sessions', 'registrations', 'subscriptions', 'calls', 'waiting', 'handles'].every(figure => first[figure] === last[figure])
const growth = last.heap / first.heap
const wrong = samples.reduce((sum, sample) => sum + sample.wrong, 0)
writeResult(wanted.out, { minutes, sessions: Number(wanted.sessions), most, growth, isSame, wrong, samples })
console.log(
  `\nheap ${growth.toFixed(3)} of that after the first minute, wanted: at most ${most}; tables and handles ${isSame ? 'as then' : 'DIFFER'}; wrong answers ${wrong}`,
)
process.exit(growth <= most && isSame && wrong === 0 ? 0 : 1)
