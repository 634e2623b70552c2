// Measures a broadcast in a room that two processes have together: channels over NATS beside socket.io with its adapter for Redis, in turns
// within one run.
import { parseArgs } from 'node:util'
import { nats, redis } from './channels/brokers.mjs'
import { Child } from './child.mjs'
import { checkInstallation } from './installed.mjs'
import { machine } from './machine.mjs'
import { outUsage, writeResult } from './results.mjs'
import { median, ratio } from './statistics.mjs'
import { cpuOf } from './wamp/cpu.mjs'

const usage = `npm run channels -- [options]

  --members N       members at each of the two processes (500)
  --rate N          broadcasts per second (20)
  --octets N        octets of a message (200)
  --rounds N        rounds of each, after one to warm up (7)
  --seconds N       length of a round (2)
  --quick           two short rounds with few members, as a test of the programs
  ${outUsage}
  --help            this text
`

/** The loads: broadcasts that come one by one, and so many at once that several leave in one write. */
const loads = [
  { name: 'one at a time', burst: 1 },
  { name: 'ten at once', burst: 10 },
]

const wanted = readArguments()
checkInstallation()
const children = []
try {
  report(await measure())
} catch (error) {
  console.error(`channels: ${error.message}`)
  process.exitCode = 1
} finally {
  for (const child of children) child.end()
}
process.exit()

async function measure() {
  const sides = [
    await side('autobahn-ts', 'channels/autobahn-ts.mjs', await nats()),
    await side('socket.io', 'channels/socket-io.mjs', await redis()),
  ]
  const rows = []
  for (const { name, burst } of loads) rows.push({ name, sides: await measureLoad(name, burst, sides) })
  return rows
}

/** Measures a load. The two take turns in each round. */
async function measureLoad(name, burst, sides) {
  const measured = new Map(sides.map(each => [each, { kind: each.kind, servers: [], broker: [], middle: [], p99: [] }]))
  for (let round = -1; round < wanted.rounds; round++) {
    for (const each of round % 2 === 0 ? sides : sides.toReversed()) {
      const { kind, load } = each
      const { rate, milliseconds, octets } = wanted
      const before = costs(each)
      const { delivered, missing, median: middle, p99 } = await load.ask({ kind, rate, burst, milliseconds, octets })
      const after = costs(each)
      if (round < 0) continue
      if (missing > 0) throw new Error(`${kind} did not deliver ${missing} of ${delivered + missing} messages`)
      const row = measured.get(each)
      row.servers.push((after.servers - before.servers) / delivered)
      row.broker.push((after.broker - before.broker) / delivered)
      row.middle.push(middle)
      row.p99.push(p99)
    }
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${name}: round ${round + 1} of ${wanted.rounds}`)
  }
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[2K')
  return [...measured.values()]
}

async function side(kind, file, { url, child }) {
  const [load, ...processes] = [Child.node('channels/load.mjs'), Child.node(file, [url]), Child.node(file, [url])]
  children.push(load, ...processes)
  const said = await Promise.all(processes.map(each => each.said()))
  await load.ask({ kind, ports: said.map(({ port }) => port), members: wanted.members })
  return { kind, load, pids: said.map(({ pid }) => pid), brokerPid: child.pid }
}

function costs({ pids, brokerPid }) {
  return { servers: pids.reduce((sum, pid) => sum + cpuOf(pid), 0), broker: cpuOf(brokerPid) }
}

function report(rows) {
  const results = rows.map(({ name, sides: [ours, theirs] }) => ({
    name,
    peers: [ours, theirs].map(medians),
    targets: targetsOf(ours, theirs),
  }))
  const { members, rate, octets, rounds } = wanted
  writeResult(wanted.out, { processes: 2, members, rate, octets, rounds, results })
  console.log(
    `${machine()}; medians of ${rounds} rounds\n2 processes × ${members} members, ${rate} messages of ${octets} octets per second\n`,
  )
  console.log('| | | CPU of the processes per delivered message, µs | of the broker, µs | delivered after, ms, median | p99 |')
  console.log('|---|---|---|---|---|---|')
  for (const { name, peers } of results)
    for (const { kind, servers, broker, median: middle, p99 } of peers)
      console.log(`| ${[name, kind, servers.toFixed(2), broker.toFixed(3), middle.toFixed(1), p99.toFixed(1)].join(' | ')} |`)
  console.log('\n| | target | got | met |\n|---|---|---|---|')
  for (const { name, targets } of results)
    for (const { what, most, got } of targets)
      console.log(`| ${name} | ${what}, at most ${most.toFixed(2)} | ${got.toFixed(2)} | ${got <= most ? 'yes' : 'no'} |`)
}

function medians({ kind, servers, broker, middle, p99 }) {
  const rounds = { servers, broker, median: middle, p99 }
  return { kind, servers: median(servers), broker: median(broker), median: median(middle), p99: median(p99), rounds }
}

function targetsOf(ours, theirs) {
  const all = ({ servers, broker }) => servers.map((cost, round) => cost + broker[round])
  return [
    { what: 'CPU of processes and broker, of socket.io', most: 1 / 3, got: ratio(all(ours), all(theirs)) },
    { what: 'p99 of delivery, of socket.io', most: 1, got: ratio(ours.p99, theirs.p99) },
  ]
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        members: { type: 'string', default: '500' },
        rate: { type: 'string', default: '20' },
        octets: { type: 'string', default: '200' },
        rounds: { type: 'string', default: '7' },
        seconds: { type: 'string', default: '2' },
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
      members: values.quick ? 10 : number('members', values.members, 1, 10_000),
      rate: number('rate', values.rate, 1, 10_000),
      octets: number('octets', values.octets, 8, 1_000_000),
      rounds: values.quick ? 2 : number('rounds', values.rounds, 1, 100),
      milliseconds: values.quick ? 200 : 1000 * number('seconds', values.seconds, 0.05, 60),
    }
  } catch (error) {
    console.error(`channels: ${error.message}\n\n${usage}`)
    process.exit(2)
  }
}

function number(name, text, least, most) {
  const value = Number(text)
  if (value >= least && value <= most) return value
  throw new Error(`--${name} must be a number from ${least} to ${most}, not ${text}`)
}
