import { Child } from '../child.mjs'
import { blaming, medianOf, rounded } from './rounds.mjs'

/**
 * Measures the memory of a server for many connections, divided by their number. Some connections exist before, so that the code has run.
 */
export function idle(name) {
  return idleAfter(name, 'has said nothing', () => {})
}

/** Measures the memory of connections that have each sent one message of 125 octets and received it back. */
export function idleAfterMessage(name) {
  return idleAfter(name, 'has sent one message of 125 octets and got it back', speak => speak())
}

function idleAfter(name, past, act) {
  const run = context =>
    ofFreshServers(context, { deflate: false, flags: ['--expose-gc'] }, async (open, settled, speak) => {
      await open(100)
      await act(speak)
      const before = await settled()
      await open(context.crowd)
      await act(speak)
      return perConnection(before, await settled(), context.crowd)
    })
  const what = `resident memory of a new server per connection that ${past}`
  return { name, unit: 'KiB', what, wants: ['memory'], canBePlain: true, isMemory: true, run }
}

/** Measures the memory that one compressed message and its reply leave on each connection; other connections have done the same before. */
export function compressedMemory(name, deflate) {
  const run = context =>
    ofFreshServers(context, { deflate, flags: ['--expose-gc', ...steadyHeap] }, async (open, settled, speak) => {
      const count = context.crowd / 4
      await open(count / 4)
      await speak()
      await open(count)
      const before = await settled()
      await speak()
      return perConnection(before, await settled(), count)
    })
  return { name, unit: 'KiB', what: 'resident memory more per connection', wants: ['memory', deflate], isMemory: true, run }
}

function perConnection(before, after, count) {
  return { figure: (after.resident - before.resident) / count, heap: (after.heap - before.heap) / count }
}

async function ofFreshServers({ peers, rounds: wanted, progress }, how, measure) {
  const rounds = Math.min(wanted, enough)
  const runs = peers.map(peer => ({ peer, rounds: [] }))
  for (let round = 0; round < rounds; round++) {
    for (const { peer, rounds: done } of runs) {
      done.push(await blaming(peer, () => ofOne(peer, how, measure)))
      progress(`server ${round + 1} of ${rounds}: ${peer.name} ${done.at(-1).figure.toFixed(2)} KiB`)
    }
  }
  return runs.map(({ peer, rounds: done }) => ({
    peer: peer.name,
    figures: done.map(({ figure }) => figure),
    more: { 'in use on the heap of JavaScript': rounded(medianOf(done, ({ heap }) => heap)) },
  }))
}

async function ofOne(peer, { deflate, flags }, measure) {
  const child = peer.server({ deflate }, flags)
  const crowd = Child.node('loads/crowd.mjs')
  try {
    const { port } = await child.said()
    await crowd.said()
    const order = { port, isPlain: peer.isPlain, deflate }
    return await measure(
      count => crowd.ask({ ...order, command: 'open', count }),
      () => settled(child),
      () => crowd.ask({ ...order, command: 'speak' }),
    )
  } finally {
    await Promise.all([crowd.end(), child.end()])
  }
}

/** Collects garbage, then measures. */
async function settled(child) {
  await child.ask({ command: 'gc' })
  const { heap } = await child.ask({ command: 'gc' })
  return { resident: child.resident, heap }
}

/** The number of servers of each kind: memory differs far less between processes than times do, and opening the connections takes long. */
const enough = 3

/**
 * Fixes the size of the young generation, which by default grows to 48 MiB and shrinks at any time: more than the memory to be measured.
 */
const steadyHeap = ['--max-semi-space-size=1']
