// Sends many decompression bombs at once, and measures the memory of the server, the delay of an ordinary message meanwhile, and lost
// connections.
import { parseArgs } from 'node:util'
import { constants, deflateRawSync } from 'node:zlib'
import { Client } from './bombs/client.mjs'
import { Child, endChildren } from './child.mjs'
import { machine } from './machine.mjs'
import { outUsage, writeResult } from './results.mjs'

const usage = `npm run bombs -- [options]

  --connections N   number of connections that send a bomb, 1 to 2000 (300)
  ${outUsage}
  --help            this text
`
const { values } = parseArgs({
  options: { connections: { type: 'string', default: '300' }, out: { type: 'string' }, help: { type: 'boolean' } },
})
if (values.help) {
  console.log(usage)
  process.exit(0)
}
const connections = Number(values.connections)
if (!Number.isInteger(connections) || connections < 1 || connections > 2000) {
  console.error(`--connections must be 1 to 2000, not ${values.connections}`)
  process.exit(2)
}

const mostMemory = 1.2
const longestWait = 1000
const bombSize = 16_000_000
const bomb = frame(0xc2, deflated(Buffer.alloc(bombSize)))
const words = Array.from({ length: 1024 * 64 }, (_, at) => `${(at * 2_654_435_761) % 4_294_967_296}`.padStart(16, '-')).join('')
const innocent = frame(0xc1, deflated(Buffer.from(words)))

console.log(`${machine()}\n`)
console.log(`${connections} connections send ${bomb.length} octets each, which become ${bombSize}; one more sends 1 MiB of text.`)
console.log(`Target: a peak of at most ${mostMemory} times that of ws, at most ${longestWait} ms for the text, no connection lost.\n`)
let ofWs
let isBad = false
const results = []
for (const server of ['ws', 'classes', 'functions', 'streams']) {
  const result = { server, ...(await measured(server)) }
  results.push(result)
  ofWs ??= result.peak
  isBad ||= server !== 'ws' && (result.peak > mostMemory * ofWs || result.waited > longestWait || result.lost > 0)
  console.log(
    `${server.padEnd(10)} peak ${String(Math.round(result.peak / 1024)).padStart(5)} MiB, ${(result.peak / ofWs).toFixed(2)} of ws; ` +
      `the text took ${String(Math.round(result.waited)).padStart(5)} ms, all ${String(Math.round(result.took)).padStart(6)} ms; lost ${result.lost}`,
  )
}
await endChildren()
writeResult(values.out, { connections, bombSize, sent: bomb.length, mostMemory, longestWait, results })
process.exit(isBad ? 1 : 0)

async function measured(server) {
  const child = Child.node('bombs/server.mjs', [server])
  const { port } = await child.said()
  const clients = await Promise.all(Array.from({ length: connections + 1 }, () => Client.open(port)))
  const other = clients.pop()
  let peak = 0
  const watch = setInterval(() => {
    peak = Math.max(peak, child.resident)
  }, 20)
  const began = performance.now()
  for (const client of clients) client.send(bomb)
  const waited = await new Promise(resolve => {
    setTimeout(async () => {
      const sent = performance.now()
      other.send(innocent)
      await other.answered
      resolve(performance.now() - sent)
    }, 50)
  })
  await Promise.all(clients.map(client => client.answered))
  const took = performance.now() - began
  clearInterval(watch)
  const lost = [...clients, other].filter(client => client.isLost).length
  for (const client of [...clients, other]) client.end()
  await endChildren()
  return { peak, waited, took, lost }
}

function deflated(octets) {
  return deflateRawSync(octets, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
}

/** Makes a masked frame; the key is zero, so that the payload stays unchanged. */
function frame(first, payload) {
  const header = payload.length < 65_536 ? Buffer.alloc(8) : Buffer.alloc(14)
  header[0] = first
  header[1] = payload.length < 65_536 ? 254 : 255
  if (payload.length < 65_536) header.writeUInt16BE(payload.length, 2)
  else header.writeUInt32BE(payload.length, 6)
  return Buffer.concat([header, payload])
}
