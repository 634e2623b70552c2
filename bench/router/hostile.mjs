// Measures how long honest sessions wait beside hostile ones, over real sockets: the p99 of their calls and events, in turns with a quiet control, and with one in which the
// hostile ones are at another router. Needs a build.
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Child, endChildren } from '../child.mjs'
import { machine } from '../machine.mjs'
import { outUsage, writeResult } from '../results.mjs'
import { median, ratio } from '../statistics.mjs'

const usage = `npm run router-hostile -- [options]

  --sessions N      honest sessions, and as many hostile ones (500)
  --rounds N        rounds, each of them quiet, then with the hostile ones elsewhere, and then hostile (9)
  --seconds N       length of one (2)
  --rate N          maxMessageRate of the realm: messages of one session in a second (100)
  --only NAMES      kinds of hostile sessions, separated by commas: flood, stall, drop (all of them)
  --young N         MiB of each half of the young memory of V8 in the router: --max-semi-space-size (that of Node)
  ${outUsage}
  --help            this text
`
const { values: wanted } = parseArgs({
  options: {
    sessions: { type: 'string', default: '500' },
    rounds: { type: 'string', default: '9' },
    seconds: { type: 'string', default: '2' },
    rate: { type: 'string', default: '100' },
    only: { type: 'string', default: 'flood,stall,drop' },
    young: { type: 'string' },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
if (wanted.help) {
  console.log(usage)
  process.exit(0)
}
const [sessions, rounds, rate] = [wanted.sessions, wanted.rounds, wanted.rate].map(Number)
const milliseconds = 1000 * Number(wanted.seconds)
/** The most that the p99 beside hostile sessions may be, as a share of the quiet one. */
const most = 1.5

// on the one core that it gets, the collector's own threads would only take turns with the router, each for milliseconds
const flags = ['--single-threaded-gc', ...(wanted.young === undefined ? [] : [`--max-semi-space-size=${wanted.young}`])]
const server = Child.node('router/server.mjs', ['router', 'calls', 'json', String(rate)], {}, flags)
const other = Child.node('router/server.mjs', ['router', 'calls', 'json', String(rate)], {}, flags)
const [{ port, pid }, { port: otherPort, pid: otherPid }] = await Promise.all([server.said(), other.said()])
const honest = Child.node('router/hostile-load.mjs', ['honest', String(port), String(sessions)])
const hostile = Child.node('router/hostile-load.mjs', ['hostile', String(port), String(sessions), wanted.only])
const [{ pid: honestPid }, { pid: hostilePid }] = await Promise.all([honest.said(), hostile.said()])
pin(pid, 0)
pin(honestPid, 1)
pin(hostilePid, 1)
pin(otherPid, 1)
// the hostile program is to take time from the router, and not from the program that measures how long the honest ones wait
for (const idle of [hostilePid, otherPid]) runOrWarn('chrt', ['-a', '-i', '-p', '0', String(idle)])
// V8 compiles in threads of its own, and hostile sessions give it new things to compile: on a machine with more cores it takes none of the router's time
for (const thread of otherThreads(pid)) {
  runOrWarn('taskset', ['-cp', '1', thread])
  runOrWarn('chrt', ['-i', '-p', '0', thread])
}

/** The port of the router at which the hostile sessions are, for each kind of round. */
const ports = { quiet: undefined, elsewhere: otherPort, hostile: port }
const measured = { quiet: [], elsewhere: [], hostile: [] }
for (let round = -1; round < rounds; round++) {
  for (const kind of Object.keys(ports)) {
    // the router has to be done with those that have left
    await new Promise(resolve => setTimeout(resolve, 500))
    if (kind !== 'quiet') await hostile.ask({ command: 'begin', port: ports[kind] })
    const before = await server.cpu()
    const found = await honest.ask({ command: 'run', milliseconds })
    const busy = ((await server.cpu()) - before) / 1000 / milliseconds
    const did = kind !== 'quiet' ? await hostile.ask({ command: 'end' }) : undefined
    if (round >= 0) measured[kind].push({ ...found, busy, did })
  }
}
await endChildren()
report()
process.exit(0)

function pin(process, core) {
  runOrWarn('taskset', ['-acp', String(core), String(process)])
}

/** Returns the ids of the threads of a process, but for its first one. */
function otherThreads(process) {
  try {
    return readdirSync(`/proc/${process}/task`).filter(thread => thread !== String(process))
  } catch {
    return []
  }
}

function runOrWarn(command, args) {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
  } catch {
    console.error(`${command} is missing: the programs disturb each other more than they should`)
  }
}

function report() {
  const of = (kind, figure) => measured[kind].map(one => one[figure])
  const p99 = ratio(of('hostile', 'p99'), of('quiet', 'p99'))
  const overElsewhere = ratio(of('hostile', 'p99'), of('elsewhere', 'p99'))
  const lost = Object.keys(ports)
    .flatMap(kind => of(kind, 'lost'))
    .reduce((sum, one) => sum + one, 0)
  const rows = Object.keys(ports).map(kind => ({
    kind,
    ...Object.fromEntries(['p50', 'p99', 'longest', 'late', 'busy'].map(figure => [figure, median(of(kind, figure))])),
  }))
  const did = measured.hostile.at(-1).did
  writeResult(wanted.out, { sessions, rounds, rate, young: wanted.young, rows, ratio: p99, overElsewhere, most, lost, did })
  console.log(
    `${machine()}; ${sessions} honest sessions and ${sessions} hostile ones (${wanted.only}), maxMessageRate ${rate}${wanted.young === undefined ? '' : `, --max-semi-space-size=${wanted.young}`}\n`,
  )
  console.log(
    `milliseconds from the time at which a call or an event was due until its answer or the event is there; medians of ${rounds} rounds\n`,
  )
  console.log('| | median | p99 | longest | load late, p99 | CPU of the router |\n|---|--:|--:|--:|--:|--:|')
  for (const { kind, p50, p99: high, longest, late, busy } of rows)
    console.log(
      `| ${kind} | ${p50.toFixed(2)} | ${high.toFixed(2)} | ${longest.toFixed(1)} | ${late.toFixed(2)} | ${(100 * busy).toFixed(0)} % |`,
    )
  console.log(
    `\nin the last round the hostile ones ${Object.entries(did)
      .map(([what, count]) => `${what} ${count}`)
      .join(', ')}`,
  )
  console.log(
    `\np99 of the quiet control ${p99.toFixed(2)}, wanted: at most ${most}: ${p99 <= most ? 'met' : 'missed'}; calls and events lost: ${lost}`,
  )
  console.log(`p99 of what it is with the hostile ones at another router: ${overElsewhere.toFixed(2)}`)
  process.exitCode = lost === 0 ? 0 : 1
}
