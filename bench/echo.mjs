// Echo servers under the same loads: CPU time of the server per message, and messages per second beside it.
import { cpus, release } from 'node:os'
import { Child } from './child.mjs'

const loads = [
  { connections: 64, inFlight: 1, size: 125 },
  { connections: 64, inFlight: 16, size: 20 },
  { connections: 32, inFlight: 16, size: 1024 },
  { connections: 16, inFlight: 4, size: 16 * 1024 },
]
const servers = [
  { name: 'autobahn-ts', file: './echo/server-autobahn-ts.mjs' },
  { name: 'ws', file: './echo/server-ws.mjs' },
  { name: 'net', file: './echo/server-net.mjs', isPlain: true },
  { name: 'autobahn-ts again', file: './echo/server-autobahn-ts.mjs' },
]
const rounds = 7
const warmUpMilliseconds = 1000
const roundMilliseconds = 1000

const results = []
for (const load of loads) results.push({ load, figures: await measured(load) })
print(results)

/** Figures of each server under one load, the servers taking turns. */
async function measured(load) {
  const generator = new Child('./echo/load.mjs', JSON.stringify(load))
  const runs = []
  for (const server of servers) {
    const child = new Child(server.file)
    const { port } = await child.said()
    runs.push({ ...server, child, port, rounds: [] })
  }
  for (const run of runs) await oneRound(run, generator, warmUpMilliseconds)
  for (let round = 1; round <= rounds; round++) {
    // Turned about, so that none always comes after the same neighbour.
    for (let turn = 0; turn < runs.length; turn++) {
      const run = runs[(turn + round) % runs.length]
      run.rounds.push(await oneRound(run, generator, roundMilliseconds))
    }
    console.error(`${titleOf(load)}, round ${round} of ${rounds}: ${runs.map(progressOf).join(', ')}`)
  }
  for (const { child } of [...runs, { child: generator }]) child.end()
  return runs.map(figuresOf)
}

async function oneRound({ child, port, isPlain }, generator, milliseconds) {
  const before = await child.ask('cpu')
  const { messages, seconds, cpu } = await generator.ask({ port, isPlain, milliseconds })
  const after = await child.ask('cpu')
  return { server: (after.cpu - before.cpu) / messages, load: cpu / messages, throughput: messages / seconds }
}

function figuresOf({ name, rounds }) {
  const costs = rounds.map(round => round.server)
  return {
    name,
    server: median(costs),
    lowest: Math.min(...costs),
    highest: Math.max(...costs),
    costs,
    load: median(rounds.map(round => round.load)),
    throughput: median(rounds.map(round => round.throughput)),
  }
}

function progressOf({ name, rounds }) {
  return `${name} ${microseconds(rounds.at(-1).server)} µs`
}

function print(results) {
  const [cpu] = cpus()
  console.log(`${cpu.model.trim()}, ${cpus().length} cores, ${process.platform} ${release()}, Node ${process.version}\n`)
  console.log(`Medians of ${rounds} rounds. CPU: microseconds of the server per message (lowest and highest round);`)
  console.log('of `ws`, of `net`: how much of theirs in the same round; load: what the load generator used.\n')
  console.log('| load | server | CPU µs | of `ws` | of `net` | messages/s | load µs |')
  console.log('|---|---|---|---|---|---|---|')
  for (const { load, figures } of results) for (const figure of figures) console.log(row(load, figure, figures))
  console.log('')
  for (const { load, figures } of results) console.log(noise(load, figures))
}

function row(load, figure, figures) {
  const { name, server, lowest, highest, throughput } = figure
  const cost = `${microseconds(server)} (${microseconds(lowest)} to ${microseconds(highest)})`
  const [ofWs, ofNet] = ['ws', 'net'].map(other => ratio(figures, name, other).toFixed(2))
  return `| ${[titleOf(load), name, cost, ofWs, ofNet, Math.round(throughput), microseconds(figure.load)].join(' | ')} |`
}

function noise(load, figures) {
  const difference = Math.abs(ratio(figures, 'autobahn-ts again', 'autobahn-ts') - 1)
  return `Noise, ${titleOf(load)}: the same server twice differs by ${(difference * 100).toFixed(1)} %`
}

/** Round by round, since what else the machine does changes slower than that. */
function ratio(figures, name, other) {
  const [costs, otherCosts] = [name, other].map(wanted => figures.find(figure => figure.name === wanted).costs)
  return median(costs.map((cost, round) => cost / otherCosts[round]))
}

function titleOf({ connections, inFlight, size }) {
  return `${connections} × ${inFlight} × ${size} B`
}

function microseconds(value) {
  return value < 10 ? value.toFixed(2) : value.toFixed(1)
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}
