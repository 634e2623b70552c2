// Sends one message of 8 GiB through a client and a server, each in its own process, and measures their memory.
import { parseArgs } from 'node:util'
import { Child, endChildren } from './child.mjs'
import { checkInstallation } from './installed.mjs'
import { machine } from './machine.mjs'
import { clear, tell } from './progress.mjs'
import { outUsage, writeResult } from './results.mjs'

const KiB = 1024
const MiB = 1024 * KiB
const GiB = 1024 * MiB
const bound = 32 * MiB
const usage = `npm run stream -- [options]

  --quick           256 MiB and 3 seconds in place of 8 GiB and 30, as a test of the program
  ${outUsage}
  --help            this text
`
const { quick, out } = readArguments()
const [total, slowSeconds, warmUp] = quick ? [256 * MiB, 3, 64 * MiB] : [8 * GiB, 30, 512 * MiB]
checkInstallation()

console.log(`${machine()}\n`)
const fast = await pass('reader as fast as it can', total)
const rate = fast.length / fast.seconds
// The whole message would take ten times as long as before.
const slow = await pass('reader ten times slower', wholeMiB((rate / 10) * slowSeconds), rate / 10)
const isBounded = [...fast.grown, ...slow.grown].every(grown => grown < bound)
console.log(`\nmemory grew by less than ${bound / MiB} MiB everywhere: ${isBounded ? 'yes' : 'NO'}`)
writeResult(out, { fast, slow })
process.exit(isBounded ? 0 : 1)

/** Measures one pass. The two processes are new in each pass, and warmed up at full speed. */
async function pass(title, length, limit) {
  const processes = [Child.node('stream/server.mjs'), Child.node('stream/client.mjs')]
  const [server, client] = processes
  const [{ url, octets: serverAtFirst }, { octets: clientAtFirst }] = await Promise.all(processes.map(one => one.said()))
  await client.ask({ command: 'connect', url })
  tell(`${title}: warming up with ${inMiB(warmUp)} MiB`)
  await client.ask({ command: 'stream', length: warmUp })
  await server.ask({ command: 'limit', limit })
  const warm = await Promise.all(processes.map(one => one.ask({ command: 'begin' })))
  tell(`${title}: streaming ${inMiB(length)} MiB`)
  const { received, seconds } = await client.ask({ command: 'stream', length })
  const most = await Promise.all(processes.map(one => one.ask({ command: 'end' })))
  await endChildren()
  clear()
  if (received !== length) throw new Error(`${received} of ${length} octets arrived`)
  const grown = most.map(({ octets }, at) => octets - warm[at].octets)
  console.log(`${title}: ${inMiB(length)} MiB in ${seconds.toFixed(1)} s, ${inMiB(length / seconds)} MiB/s`)
  for (const [at, name] of ['server', 'client'].entries()) {
    const steps = [[serverAtFirst, clientAtFirst][at], warm[at].octets, most[at].octets].map(inMiB)
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

function readArguments() {
  try {
    const { values } = parseArgs({
      options: { quick: { type: 'boolean', default: false }, out: { type: 'string' }, help: { type: 'boolean', default: false } },
    })
    if (!values.help) return values
    console.log(usage)
  } catch (error) {
    console.error(`stream: ${error.message}\n\n${usage}`)
    process.exit(2)
  }
  process.exit(0)
}
