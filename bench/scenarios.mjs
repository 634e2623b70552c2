import { Child } from './child.mjs'
import { median } from './statistics.mjs'

/** Each scenario gives, for each peer, the same figure of several rounds; less is better. */
export const scenarios = [
  echo('64 × 16 × 20 B', { connections: 64, inFlight: 16, size: 20 }),
  echo('64 × 1 × 125 B', { connections: 64, inFlight: 1, size: 125 }),
  echo('32 × 16 × 1 KiB', { connections: 32, inFlight: 16, size: 1024 }),
  echo('16 × 4 × 16 KiB', { connections: 16, inFlight: 4, size: 16 * 1024 }),
  echo('8 × 2 × 256 KiB', { connections: 8, inFlight: 2, size: 256 * 1024 }),
  echo('deflate, 400 B JSON, takeover', { connections: 32, inFlight: 8, size: 400, deflate: 'takeover' }),
  echo('TLS, 64 × 1 × 125 B', { connections: 64, inFlight: 1, size: 125, isSecure: true }),
  broadcast('broadcast of 600 B', false),
  broadcast('broadcast of 600 B, deflate', 'takeover'),
  idle(),
  compressedMemory('after one compressed message, takeover', 'takeover'),
  compressedMemory('after one compressed message, no takeover', 'none'),
  openLoop(),
  echo('8 × 1 × 4 MiB', { connections: 8, inFlight: 1, size: 4 * 1024 * 1024 }, { isExtra: true }),
  echo('deflate, 400 B JSON, no takeover', { connections: 32, inFlight: 8, size: 400, deflate: 'none' }, { isExtra: true }),
  echo('TLS, 16 × 4 × 16 KiB', { connections: 16, inFlight: 4, size: 16 * 1024, isSecure: true }, { isExtra: true }),
]

function echo(name, load, more = {}) {
  const wants = load.deflate || (load.isSecure ? 'tls' : undefined)
  return { name, unit: 'µs', what: 'CPU of the server per message', wants, run: context => echoRounds(context, load), ...more }
}

async function echoRounds({ peers, rounds, milliseconds, tls, progress }, load) {
  const generator = Child.node('loads/echo.mjs', [JSON.stringify(load)])
  const runs = []
  try {
    for (const peer of peers.filter(one => !(one.isPlain && (load.deflate || load.isSecure)))) {
      const child = peer.start({ deflate: load.deflate ?? false, ...(load.isSecure && { tls }) })
      runs.push({ peer, child, rounds: [] })
      const { port } = await child.said()
      runs.at(-1).order = { port, isPlain: peer.isPlain === true }
    }
    for (const run of runs) await generator.ask({ ...run.order, milliseconds })
    for (let round = 0; round < rounds; round++) {
      // turned about, so that none always comes after the same neighbour
      for (let turn = 0; turn < runs.length; turn++) {
        const run = runs[(turn + round) % runs.length]
        const before = run.child.cpu
        const result = await generator.ask({ ...run.order, milliseconds })
        run.rounds.push({ ...result, figure: (run.child.cpu - before) / result.messages })
        progress(`round ${round + 1} of ${rounds}: ${run.peer.name} ${run.rounds.at(-1).figure.toFixed(2)} µs`)
      }
    }
    return runs.map(({ peer, child, rounds: results }) => ({
      peer: peer.name,
      figures: results.map(result => result.figure),
      more: {
        'messages/s': Math.round(median(results.map(result => result.messages / result.seconds))),
        'p50 ms': rounded(median(results.map(result => result.p50))),
        'p99 ms': rounded(median(results.map(result => result.p99))),
        'load µs': rounded(median(results.map(result => result.cpu / result.messages))),
        'MiB resident': Math.round(child.resident / 1024),
      },
    }))
  } finally {
    for (const { child } of runs) child.end()
    generator.end()
  }
}

/** One connection of the crowd is opened after the other, so that no server has a backlog. */
function broadcast(name, deflate) {
  const wants = deflate ? ['broadcast', deflate] : 'broadcast'
  const run = async ({ peers, rounds, receivers, progress }) => {
    const results = []
    for (const peer of peers) {
      results.push({ peer: peer.name, figures: await broadcastsOf(peer, deflate, rounds, receivers) })
      progress(`${peer.name} ${median(results.at(-1).figures).toFixed(2)} µs`)
    }
    return results
  }
  return { name, unit: 'µs', what: 'CPU of the server per receiver', wants, run }
}

async function broadcastsOf(peer, deflate, rounds, receivers) {
  const child = peer.start({ deflate })
  const crowd = Child.node('loads/crowd.mjs', [])
  try {
    const { port } = await child.said()
    await crowd.ask({ order: 'open', port, count: receivers, deflate })
    const figures = []
    for (let round = -1; round < rounds; round++) {
      const before = child.cpu
      for (let times = 0; times < broadcastsPerRound; times++) {
        await crowd.ask({ order: 'hear', frames: 1 })
        await child.ask({ command: 'broadcast' })
        await crowd.ask({ order: 'heard' })
      }
      if (round >= 0) figures.push((child.cpu - before) / (broadcastsPerRound * receivers))
    }
    return figures
  } finally {
    child.end()
    crowd.end()
  }
}

function idle() {
  const run = ({ peers, crowd, progress }) => memoryOf(peers, crowd, progress, async () => {})
  return { name: 'idle connection', unit: 'KiB', what: 'resident memory of the server per connection that has said nothing', run }
}

function compressedMemory(name, deflate) {
  const run = ({ peers, crowd, progress }) =>
    memoryOf(peers, Math.min(crowd, 1000), progress, child => child.ask({ order: 'speak' }), deflate)
  return { name, unit: 'KiB', what: 'resident memory more per connection', wants: deflate, run }
}

/** What the last step adds: the connections themselves, or what is done on them. Three fresh servers each. */
async function memoryOf(peers, count, progress, step, deflate = false) {
  const results = []
  for (const peer of peers) {
    const figures = []
    for (let round = 0; round < memoryRounds; round++) figures.push(await memoryOnce(peer, count, step, deflate))
    results.push({ peer: peer.name, figures })
    progress(`${peer.name} ${median(figures).toFixed(2)} KiB`)
  }
  return results
}

async function memoryOnce(peer, count, step, deflate) {
  const child = peer.start({ deflate }, ['--expose-gc'])
  const [warmUp, crowd] = [Child.node('loads/crowd.mjs', []), Child.node('loads/crowd.mjs', [])]
  try {
    const { port } = await child.said()
    const order = { order: 'open', port, isPlain: peer.isPlain === true, deflate }
    // as many once before, so that what is counted are connections and not how far the runtime's heap has grown
    await warmUp.ask({ ...order, count })
    await warmUp.ask({ order: 'leave' })
    if (deflate) await crowd.ask({ ...order, count })
    await settled(child)
    const before = child.resident
    if (!deflate) await crowd.ask({ ...order, count })
    await step(crowd)
    await settled(child)
    return (child.resident - before) / count
  } finally {
    for (const one of [child, warmUp, crowd]) one.end()
  }
}

async function settled(child) {
  await new Promise(resolve => setTimeout(resolve, 300))
  await child.ask({ command: 'gc' })
}

function openLoop() {
  const load = { connections: 64, inFlight: 16, size: 125 }
  const run = async ({ peers, rounds, milliseconds, progress }) => {
    const generator = Child.node('loads/echo.mjs', [JSON.stringify(load)])
    const runs = []
    try {
      for (const peer of peers) {
        const child = peer.start({})
        runs.push({ peer, child, figures: [] })
        runs.at(-1).port = (await child.said()).port
      }
      const yardstick = runs.find(({ peer }) => peer.name === 'ws + bufferutil') ?? runs[0]
      for (const { port } of runs) await generator.ask({ port, milliseconds })
      const best = await generator.ask({ port: yardstick.port, milliseconds: 2 * milliseconds })
      const rate = (0.8 * best.messages) / best.seconds
      for (let round = 0; round < rounds; round++) {
        for (const one of runs) {
          one.figures.push((await generator.ask({ port: one.port, milliseconds, rate })).p99)
          progress(`round ${round + 1} of ${rounds}: ${one.peer.name} ${one.figures.at(-1).toFixed(2)} ms at ${Math.round(rate)}/s`)
        }
      }
      return runs.map(({ peer, figures }) => ({ peer: peer.name, figures, more: { 'messages/s': Math.round(rate) } }))
    } finally {
      for (const { child } of runs) child.end()
      generator.end()
    }
  }
  const only = ['autobahn-ts', 'autobahn-ts again', 'ws + bufferutil', 'uWebSockets.js']
  return { name: 'p99 at 80 % of the best rate of ws', unit: 'ms', what: 'latency, counted from when a message was due', only, run }
}

function rounded(value) {
  return Number(value.toPrecision(3))
}

const broadcastsPerRound = 20
const memoryRounds = 3
