// @ts-check
// Measures what a second process brings: messages per second, and how connections are spread. Prints the rows of the README's table.
import cluster from 'node:cluster'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { connect } from '@autobahn-ts/websocket'
import { canReusePort } from './shared-port.mjs'

const connections = 64
const seconds = 2
const rounds = 3

const ways = [
  { name: 'one process', way: 'cluster', count: 1 },
  { name: 'two processes, `node:cluster`', way: 'cluster', count: 2 },
  ...(canReusePort() ? [{ name: 'two processes, `reusePort`', way: 'reusePort', count: 2 }] : []),
]

cluster.setupPrimary({ exec: fileURLToPath(new URL('measured-worker.mjs', import.meta.url)) })
/** @type {{ rate: number, spread: string }[][]} */
const results = ways.map(() => [])
for (let round = 0; round < rounds; round++) {
  for (const [i, { way, count }] of ways.entries()) results[i]?.push(await measured(way, count))
}

console.log(
  `Node ${process.versions.node}, ${cpus().length} cores (${cpus()[0]?.model}); ${connections} connections, medians of ${rounds} rounds of ${seconds} s:\n`,
)
console.log('| | messages/s | | connections of each process |\n|---|--:|--:|---|')
const single = medianOf(results[0] ?? []).rate
for (const [i, { name }] of ways.entries()) {
  const { rate, spread } = medianOf(results[i] ?? [])
  console.log(`| ${name} | ${Math.round(rate).toLocaleString('en-US')} | ${(rate / single).toFixed(2)} | ${spread} |`)
}

/**
 * @param {string} way
 * @param {number} count
 */
async function measured(way, count) {
  const port = await freePort()
  const workers = Array.from({ length: count }, () => cluster.fork({ PORT: String(port), WAY: way }))
  await Promise.all(workers.map(worker => once(worker, 'message')))
  const clients = await Promise.all(Array.from({ length: connections }, () => connect(`ws://127.0.0.1:${port}`)))
  /** @type {Map<string, number>} */
  const spread = new Map()
  for (const client of clients) {
    const pid = String(await client.receive())
    spread.set(pid, (spread.get(pid) ?? 0) + 1)
  }

  let replies = 0
  let isOver = false
  const loops = clients.map(async client => {
    while (!isOver) {
      await client.send('a message of 32 octets, or so ...')
      await client.receive()
      replies++
    }
  })
  await passed(seconds / 4)
  const [before, began] = [replies, performance.now()]
  await passed(seconds)
  const rate = ((replies - before) / (performance.now() - began)) * 1000
  isOver = true
  await Promise.all(loops)
  for (const worker of workers) {
    worker.process.kill('SIGKILL')
    await once(worker, 'exit')
  }
  return { rate, spread: [...spread.values()].toSorted((a, b) => b - a).join(' + ') }
}

/** @param {{ rate: number, spread: string }[]} results */
function medianOf(results) {
  const middle = results.toSorted((a, b) => a.rate - b.rate)[Math.floor(results.length / 2)]
  if (middle === undefined) throw new Error('nothing was measured')
  return middle
}

/** @param {number} time in seconds */
function passed(time) {
  return new Promise(resolve => setTimeout(resolve, time * 1000))
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  server.close()
  await once(server, 'close')
  return port
}
