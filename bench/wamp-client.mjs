// Measures the CPU of WAMP's clients for each call: ours, autobahn-js and wampy, in turns within one run, on the same router.
import { argumentsOrUsage, roundsIn } from './arguments.mjs'
import { Child, endChildren } from './child.mjs'
import { machine } from './machine.mjs'
import { outUsage, writeResult } from './results.mjs'
import { answerCalls } from './router/load-orders.mjs'
import { median, ratio } from './statistics.mjs'
import { cpuOf } from './wamp/cpu.mjs'

const usage = `npm run wamp-client -- [options]

  --rounds N        rounds of each load, after one to warm up (7)
  --seconds N       length of a round of one client (0.4)
  --only NAMES      loads whose names contain one of these, separated by commas
  --quick           two short rounds, as a test of the program
  --cpu-prof FOLDER profiles of the clients
  ${outUsage}
  --help            this text
`

/** `most`: the most that our client may cost, as a share of autobahn-js. */
const loads = [
  { name: 'one by one', inFlight: 1, most: 1 },
  { name: '64 in flight', inFlight: 64, most: 0.5 },
]
const clients = ['autobahn-ts', 'autobahn-js', 'wampy']

const cpuProf = { 'cpu-prof': { type: 'string' } }
const wanted = argumentsOrUsage('wamp-client', usage, args => roundsIn(args, { seconds: '0.4', quickMilliseconds: 50, more: cpuProf }))
const rows = []
try {
  for (const serializer of ['json', 'msgpack']) {
    const chosen = loads.filter(({ name }) => wanted.only.some(part => `${name} ${serializer}`.includes(part)))
    if (chosen.length > 0) rows.push(...(await measure(serializer, chosen)))
  }
} finally {
  await endChildren()
}
report()
process.exit(0)

/** Measures the loads with one serializer. The clients take turns in each round. */
async function measure(serializer, chosen) {
  const server = Child.node('router/server.mjs', ['router', 'calls', serializer])
  const { port } = await server.said()
  await answerCalls(port, serializer)
  const running = []
  for (const name of clients) running.push(await started(name, serializer, port))
  // many calls, until the engine has compiled what they need: one by one that would take most of the measurement
  for (const { child } of running) await child.ask({ command: 'calls', inFlight: 64, milliseconds: 3 * wanted.milliseconds })
  const measured = []
  for (const load of chosen) {
    const { name, inFlight, most } = load
    const figures = running.map(() => ({ costs: [], rates: [] }))
    for (let round = -1; round < wanted.rounds; round++) {
      for (const at of round % 2 === 0 ? running.keys() : [...running.keys()].reverse()) {
        const { child, pid } = running[at]
        const before = cpuOf(pid)
        const { calls, seconds } = await child.ask({ command: 'calls', inFlight, milliseconds: wanted.milliseconds })
        if (round < 0) continue
        figures[at].costs.push((cpuOf(pid) - before) / calls)
        figures[at].rates.push(calls / seconds)
      }
    }
    const [own, autobahn, wampy] = figures
    measured.push({
      name,
      serializer,
      most,
      costs: { own: median(own.costs), autobahn: median(autobahn.costs), wampy: median(wampy.costs) },
      ratios: { autobahn: ratio(own.costs, autobahn.costs), wampy: ratio(own.costs, wampy.costs) },
      perSecond: median(own.rates),
    })
  }
  // a profile is written when the program ends by itself
  for (const { child } of running) await child.leave()
  await server.leave()
  return measured
}

async function started(name, serializer, port) {
  const flags =
    wanted.more['cpu-prof'] === undefined
      ? []
      : ['--cpu-prof', `--cpu-prof-dir=${wanted.more['cpu-prof']}`, `--cpu-prof-name=${name}-${serializer}.cpuprofile`]
  const child = Child.node('wamp-client/client.mjs', [name, serializer, String(port)], {}, flags)
  const { pid } = await child.said()
  return { child, pid }
}

function report() {
  writeResult(wanted.out, { rounds: wanted.rounds, results: rows })
  console.log(`${machine()}; medians of ${wanted.rounds} rounds, µs of the client's CPU for each call\n`)
  console.log('| calls | serializer | autobahn-ts | autobahn-js | wampy | of autobahn-js | wanted | met | of wampy | calls per s |')
  console.log('|---|---|--:|--:|--:|--:|--:|---|--:|--:|')
  for (const { name, serializer, most, costs, ratios, perSecond } of rows) {
    const all = [costs.own, costs.autobahn, costs.wampy].map(cost => cost.toFixed(1))
    const isMet = most === 1 ? ratios.autobahn < 1 : ratios.autobahn <= most
    const target = [ratios.autobahn.toFixed(2), most === 1 ? '< 1' : `≤ ${most}`, isMet ? 'yes' : 'no', ratios.wampy.toFixed(2)]
    console.log(`| ${[name, serializer, ...all, ...target, Math.round(perSecond)].join(' | ')} |`)
  }
}
