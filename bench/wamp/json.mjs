// What JSON costs by itself: the texts of calls become values and their answers texts, in a process that does nothing else.
import { createInterface } from 'node:readline'
import { call, callIds } from './messages.mjs'

const texts = callIds.map(call)

createInterface({ input: process.stdin })
  .on('line', line => console.log(JSON.stringify({ perMessage: measured(JSON.parse(line).milliseconds) })))
  .on('close', () => process.exit())

/** Microseconds of CPU for one call and its answer. */
function measured(milliseconds) {
  const endsAt = performance.now() + milliseconds
  const before = process.cpuUsage()
  let messages = 0
  let octets = 0
  while (performance.now() < endsAt) {
    for (let times = 0; times < 100; times++) {
      for (const text of texts) {
        const [, id, , value] = JSON.parse(text)
        octets += JSON.stringify([3, id, value]).length
      }
    }
    messages += 100 * texts.length
  }
  const { user, system } = process.cpuUsage(before)
  if (octets === 0) throw new Error('nothing was measured')
  return (user + system) / messages
}
