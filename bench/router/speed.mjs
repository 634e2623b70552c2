// Measures the CPU of routers for each call and each event: ours, fox-wamp, and the WebSocket messages that they consist of, in turns within one run.
import { parseArgs } from 'node:util'
import { Child } from '../child.mjs'
import { machine } from '../machine.mjs'
import { outUsage, writeResult } from '../results.mjs'
import { median, ratio } from '../statistics.mjs'
import { cpuOf } from '../wamp/cpu.mjs'

const usage = `npm run router -- [options]

  --rounds N        rounds of each load, after three to warm up (5)
  --seconds N       length of a round (0.4)
  --only NAMES      loads whose names contain one of these, separated by commas
  --cpu-prof FOLDER profiles of the routers
  ${outUsage}
  --help            this text
`

const loads = [
  calls('calls, 1 × 1', 1, 1, 0.25),
  calls('calls, 64 × 1', 64, 1),
  calls('calls, 64 × 16', 64, 16, 0.1),
  events('events to 1', 1, 16),
  events('events to 100', 100, 4),
  events('events to 1,000', 1000, 1),
]
/** The servers of a load, ours first. */
const servers = {
  calls: { json: ['router', 'floor', 'relay', 'fox-wamp'], msgpack: ['router', 'floor', 'relay'] },
  events: { json: ['router', 'floor', 'fox-wamp'], msgpack: ['router', 'floor'] },
}
const serializers = ['json', 'msgpack']

const { values: wanted } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '0.4' },
    only: { type: 'string', default: '' },
    'cpu-prof': { type: 'string' },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
if (wanted.help) {
  console.log(usage)
  process.exit(0)
}
const rounds = Number(wanted.rounds)
const milliseconds = 1000 * Number(wanted.seconds)

const rows = []
for (const load of loads.filter(({ name }) => wanted.only.split(',').some(part => name.includes(part))))
  for (const serializer of serializers) rows.push(await measure(load, serializer))
report()

function calls(name, callers, inFlight, mostOfFox) {
  return { name, order: { order: 'calls', callers, inFlight }, mostOfFox }
}

function events(name, subscribers, inFlight) {
  return { name, order: { order: 'events', subscribers, inFlight } }
}

/** Measures one load with one serializer. The servers take turns in each round. */
async function measure({ name, order, mostOfFox }, serializer) {
  const load = Child.node('router/load.mjs')
  const running = []
  try {
    for (const kind of servers[order.order][serializer]) running.push(await started(kind, order.order, serializer))
    for (let round = -3; round < rounds; round++) {
      for (const server of round % 2 === 0 ? running : running.toReversed()) {
        const { kind, port, pid } = server
        const before = cpuOf(pid)
        const { messages, seconds, loadCpu } = await load.ask({ ...order, kind, serializer, port, milliseconds })
        if (round < 0) continue
        server.costs.push((cpuOf(pid) - before) / messages)
        server.rates.push(messages / seconds)
        server.loadCosts.push(loadCpu)
      }
    }
  } finally {
    load.end()
    // a profile is written when the program ends by itself
    for (const { child } of running) wanted['cpu-prof'] === undefined ? child.end() : await child.leave()
  }
  const [router, floor, relay, fox] = ['router', 'floor', 'relay', 'fox-wamp'].map(kind => running.find(server => server.kind === kind))
  return {
    name,
    serializer,
    router: median(router.costs),
    floor: median(floor.costs),
    ratioToFloor: ratio(router.costs, floor.costs),
    relay: relay && median(relay.costs),
    ratioToRelay: relay && ratio(router.costs, relay.costs),
    fox: fox && median(fox.costs),
    ratioToFox: fox && ratio(router.costs, fox.costs),
    perSecond: median(router.rates),
    load: median(router.loadCosts),
    target: targetOf(order, router, floor),
    mostOfFox: fox && mostOfFox,
  }
}

/** The most that our router may cost: for calls twice the echo and 5 µs, for events to 1,000 subscribers 1.3 times the broadcast. */
function targetOf({ order, subscribers }, router, floor) {
  if (order === 'calls') return { most: 2 * median(floor.costs) + 5, got: median(router.costs) }
  return subscribers === 1000 ? { most: 1.3, got: ratio(router.costs, floor.costs) } : undefined
}

async function started(kind, order, serializer) {
  const flags = wanted['cpu-prof'] !== undefined && kind === 'router' ? ['--cpu-prof', `--cpu-prof-dir=${wanted['cpu-prof']}`] : []
  const child = Child.node('router/server.mjs', [kind, order, serializer], {}, flags)
  return { kind, child, costs: [], rates: [], loadCosts: [], ...(await child.said()) }
}

function report() {
  writeResult(wanted.out, { rounds, results: rows })
  console.log(`${machine()}; medians of ${rounds} rounds, µs of CPU\n`)
  console.log('| load | serializer | router | WebSocket alone | ratio | relay | ratio | fox-wamp | ratio | router per s | load |')
  console.log('|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|')
  for (const { name, serializer, router, floor, ratioToFloor, relay, ratioToRelay, fox, ratioToFox, perSecond, load } of rows) {
    const cells = [router, floor, ratioToFloor, relay, ratioToRelay, fox, ratioToFox].map(figure => figure?.toFixed(2) ?? '')
    console.log(`| ${[name, serializer, ...cells, Math.round(perSecond), load.toFixed(2)].join(' | ')} |`)
  }
  console.log('\n| load | serializer | target | got | met |\n|---|---|--:|--:|---|')
  for (const { name, serializer, target, mostOfFox, ratioToFox } of rows) {
    if (target !== undefined) line(name, serializer, target.most, target.got)
    if (mostOfFox !== undefined) line(name, `${serializer}, of fox-wamp`, mostOfFox, ratioToFox)
  }
}

function line(name, what, most, got) {
  console.log(`| ${name} | ${what} | ≤ ${most.toFixed(2)} | ${got.toFixed(2)} | ${got <= most ? 'yes' : 'no'} |`)
}
