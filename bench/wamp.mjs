// Measures the cost of WAMP beside the WebSocket messages it consists of: calls beside an echo, events beside a broadcast, each without
// JSON and with it, in turns within one run.
import { parseArgs } from 'node:util'
import { Child } from './child.mjs'
import { machine } from './machine.mjs'
import { outUsage, writeResult } from './results.mjs'
import { median, ratio } from './statistics.mjs'
import { cpuOf } from './wamp/cpu.mjs'

const usage = `npm run wamp -- [options]

  --rounds N        rounds of each load, after one to warm up (7)
  --seconds N       length of a round (0.5)
  --only NAMES      loads whose names contain one of these, separated by commas
  --quick           two short rounds, as a test of the programs
  ${outUsage}
  --help            this text
`

const loads = [
  calls('calls, 64 × 1', 64, 1, { 'ratio to the bare echo': { most: 1.5, of: row => row.ratio } }),
  calls('calls, 64 × 16', 64, 16, { 'µs beside the echo with JSON': { most: 1, of: row => row.beside } }),
  events('events to 1', 1, 16),
  events('events to 100', 100, 4),
  events('events to 1,000', 1000, 1, { 'ratio to the bare broadcast': { most: 1.3, of: row => row.ratio } }),
]

const wanted = readArguments()
const rows = []
try {
  for (const load of loads.filter(({ name }) => wanted.only.some(part => name.includes(part)))) rows.push(await measure(load))
  report(rows)
} catch (error) {
  console.error(`wamp: ${error.message}`)
  process.exitCode = 1
}

function calls(name, connections, inFlight, targets = {}) {
  return { name, kinds: ['echo', 'jsonEcho', 'wamp'], order: { order: 'calls', connections, inFlight }, targets }
}

function events(name, subscribers, inFlight, targets = {}) {
  return { name, kinds: ['broadcast', 'jsonBroadcast', 'wamp'], order: { order: 'events', subscribers, inFlight }, targets }
}

/** Measures a load. The servers, and JSON alone, take turns in each round. */
async function measure({ name, kinds, order, targets }) {
  const load = Child.node('wamp/load.mjs', [])
  const parser = Child.node('wamp/json.mjs', [])
  const servers = []
  try {
    for (const kind of kinds) servers.push({ ...(await started(kind)), kind, costs: [], rates: [], loadCosts: [] })
    const jsonCosts = []
    for (let round = -1; round < wanted.rounds; round++) {
      for (const server of round % 2 === 0 ? servers : servers.toReversed()) {
        const before = cpuOf(server.pid)
        const { kind, port } = server
        const { messages, seconds, loadCpu } = await load.ask({ ...order, kind, port, milliseconds: wanted.milliseconds })
        if (round < 0) continue
        server.costs.push((cpuOf(server.pid) - before) / messages)
        server.rates.push(messages / seconds)
        server.loadCosts.push(loadCpu)
      }
      const { perMessage } = await parser.ask({ order: order.order, milliseconds: wanted.milliseconds / 4 })
      if (round >= 0) jsonCosts.push(perMessage)
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${name}: round ${round + 1} of ${wanted.rounds}`)
    }
    return row(name, servers, jsonCosts, targets)
  } finally {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[2K')
    for (const child of [load, parser, ...servers.map(server => server.child)]) child.end()
  }
}

async function started(kind) {
  const child = Child.node('wamp/server.mjs', [kind])
  return { child, ...(await child.said()) }
}

function row(name, [bare, withJson, wamp], jsonCosts, targets) {
  const figures = {
    name,
    wamp: median(wamp.costs),
    bare: median(bare.costs),
    withJson: median(withJson.costs),
    ratio: ratio(wamp.costs, bare.costs),
    beside: median(wamp.costs.map((cost, i) => cost - withJson.costs[i])),
    json: median(jsonCosts),
    perSecond: median(wamp.rates),
    barePerSecond: median(bare.rates),
    load: median(wamp.loadCosts),
    rounds: { wamp: wamp.costs, bare: bare.costs, withJson: withJson.costs, json: jsonCosts },
  }
  return { ...figures, targets: Object.entries(targets).map(([what, { most, of }]) => ({ what, most, got: of(figures) })) }
}

function report(results) {
  writeResult(wanted.out, { rounds: wanted.rounds, results })
  console.log(`${machine()}; medians of ${wanted.rounds} rounds\n`)
  console.log(
    '| load | WAMP, µs | bare, µs | ratio | bare with JSON, µs | beside that, µs | JSON alone, µs | WAMP per s | bare per s | load, µs |',
  )
  console.log('|---|---|---|---|---|---|---|---|---|---|')
  for (const { name, wamp, bare, ratio: share, withJson, beside, json, perSecond, barePerSecond, load } of results) {
    const cells = [wamp, bare, share, withJson, beside, json].map(figure => figure.toFixed(2))
    console.log(`| ${[name, ...cells, Math.round(perSecond), Math.round(barePerSecond), load.toFixed(2)].join(' | ')} |`)
  }
  console.log('\n| load | target | got | met |\n|---|---|---|---|')
  for (const { name, targets } of results)
    for (const { what, most, got } of targets)
      console.log(`| ${name} | ${what} < ${most} | ${got.toFixed(2)} | ${got < most ? 'yes' : 'no'} |`)
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        rounds: { type: 'string', default: '7' },
        seconds: { type: 'string', default: '0.5' },
        only: { type: 'string', default: '' },
        quick: { type: 'boolean', default: false },
        out: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) {
      console.log(usage)
      process.exit(0)
    }
    return {
      out: values.out,
      only: values.only.split(',').map(name => name.trim()),
      rounds: values.quick ? 2 : number('rounds', values.rounds, 1, 100),
      milliseconds: values.quick ? 150 : 1000 * number('seconds', values.seconds, 0.05, 60),
    }
  } catch (error) {
    console.error(`wamp: ${error.message}\n\n${usage}`)
    process.exit(2)
  }
}

function number(name, text, least, most) {
  const value = Number(text)
  if (value >= least && value <= most) return value
  throw new Error(`--${name} must be a number from ${least} to ${most}, not ${text}`)
}
