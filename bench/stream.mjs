// One message of 8 GiB through a client and a server, each in a process of its own: what it costs in memory.
import { availableParallelism, cpus } from 'node:os'
import { Child } from './child.mjs'

const KiB = 1024
const MiB = 1024 * KiB
const GiB = 1024 * MiB
const bound = 32 * MiB
const slowSeconds = 30

console.log(`${cpus()[0].model.trim()}, ${availableParallelism()} cores, Node ${process.version}\n`)
const fast = await pass('reader as fast as it can', 8 * GiB)
const rate = fast.length / fast.seconds
// All 8 GiB would take ten times as long as before.
const slow = await pass('reader ten times slower', wholeMiB((rate / 10) * slowSeconds), rate / 10)
const isBounded = [...fast.grown, ...slow.grown].every(grown => grown < bound)
console.log(`\nmemory grew by less than ${bound / MiB} MiB everywhere: ${isBounded ? 'yes' : 'NO'}`)
process.exit(isBounded ? 0 : 1)

/** The two processes are new in each pass, and warmed up at full speed. */
async function pass(title, length, limit) {
  const [server, client] = [new Child('./stream/server.mjs'), new Child('./stream/client.mjs')]
  const [{ url, before }, { before: clientBefore }] = await Promise.all([server.said(), client.said()])
  await client.ask({ ask: 'connect', url })
  console.error(`${title}: warming up with 512 MiB`)
  await client.ask({ ask: 'stream', length: 512 * MiB })
  await server.ask({ ask: 'limit', limit })
  const warm = [await server.ask({ ask: 'begin' }), await client.ask({ ask: 'begin' })]
  console.error(`${title}: streaming ${inMiB(length)} MiB`)
  const { received, seconds } = await client.ask({ ask: 'stream', length })
  const most = [await server.ask({ ask: 'end' }), await client.ask({ ask: 'end' })]
  for (const child of [server, client]) child.end()
  if (received !== length) throw new Error(`${received} of ${length} octets arrived`)
  const grown = most.map((octets, at) => octets - warm[at])
  console.log(`${title}: ${inMiB(length)} MiB in ${seconds.toFixed(1)} s, ${inMiB(length / seconds)} MiB/s`)
  for (const [at, name] of ['server', 'client'].entries()) {
    const steps = [[before, clientBefore][at], warm[at], most[at]].map(inMiB)
    console.log(`  ${name}: ${steps[0]} MiB resident at first, ${steps[1]} warmed up, ${steps[2]} at most: grew by ${inMiB(grown[at])} MiB`)
  }
  return { length, seconds, grown }
}

function inMiB(octets) {
  return (octets / MiB).toFixed(octets < 10 * MiB ? 1 : 0)
}

function wholeMiB(octets) {
  return Math.ceil(octets / MiB) * MiB
}
