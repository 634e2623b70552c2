// Measures how long one message blocks a WAMP server: the most expensive texts for their length, within the default limits and above them,
// each sent to a server in its own process whose procedure returns its argument. The figure is that process's CPU time from the message to
// its answer, or to the close.
import { parseArgs } from 'node:util'
import { connect } from '../packages/websocket/dist/index.js'
import { number } from './arguments.mjs'
import { Child } from './child.mjs'
import { machine } from './machine.mjs'
import { outUsage, writeResult } from './results.mjs'
import { median } from './statistics.mjs'
import { cpuOf } from './wamp/cpu.mjs'
import { texts } from './wamp/texts.mjs'

const usage = `npm run wamp-texts -- [options]

  --rounds N        number of times that each text is sent, 1 to 100 (7)
  ${outUsage}
  --help            this text
`
const { rounds, out } = readArguments()
/** The target in milliseconds for the most expensive message. */
const target = 50

const server = Child.node('wamp/server.mjs', ['wamp'])
const { port, pid } = await server.said()
const rows = []
for (const [name, make, isAllowed] of texts) rows.push(await measure(name, make, isAllowed))
server.end()

console.log(`${machine()}; ${rounds} rounds\n`)
console.log('| message | kB | answer | CPU, ms | most, ms |\n|---|---|---|---|---|')
for (const { name, size, answer, costs } of rows) {
  console.log(`| ${name} | ${Math.round(size / 1000)} | ${answer} | ${median(costs).toFixed(1)} | ${Math.max(...costs).toFixed(1)} |`)
}
const worst = Math.max(...rows.map(({ costs }) => median(costs)))
console.log(`\nThe most is ${worst.toFixed(1)} ms; target: at most ${target} ms: ${worst <= target ? 'met' : 'not met'}`)
const surprises = rows.filter(({ isAsExpected }) => !isAsExpected).map(({ name }) => name)
if (surprises.length > 0) console.log(`not answered as expected: ${surprises.join(', ')}`)
writeResult(out, { rounds, target, results: rows })
process.exitCode = worst <= target && surprises.length === 0 ? 0 : 1

async function measure(name, make, isAllowed) {
  const costs = []
  let size = 0
  let answer = ''
  for (let round = 0; round < rounds; round++) {
    const text = make()
    size = text.length
    const socket = await connect(`ws://127.0.0.1:${port}`, { protocols: ['wamp'], maxMessagePayloadSize: 0 })
    await socket.receive()
    const before = cpuOf(pid)
    await socket.send(text)
    await socket.send('[2,"end","nothing"]')
    answer = await ended(socket)
    costs.push((cpuOf(pid) - before) / 1000)
    await socket.close().catch(() => undefined)
  }
  return { name, size, isAllowed, answer, costs, isAsExpected: isAllowed === (answer === 'answered') }
}

/** Waits for the error of a call to a missing procedure, which the server answers after everything before it. */
async function ended(socket) {
  try {
    for (;;) if (String(await socket.receive()).startsWith('[4,"end"')) return 'answered'
  } catch (error) {
    return `closed with ${error.closeCode ?? error.message}`
  }
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: { rounds: { type: 'string', default: '7' }, out: { type: 'string' }, help: { type: 'boolean', default: false } },
    })
    if (!values.help) return { out: values.out, rounds: number('rounds', values.rounds, 1, 100) }
    console.log(usage)
  } catch (error) {
    console.error(`wamp-texts: ${error.message}\n\n${usage}`)
    process.exit(2)
  }
  process.exit(0)
}
