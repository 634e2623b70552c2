// Measures the cost of JSON alone: parses the texts of calls and serializes their answers, in a process that does nothing else.
import { createInterface } from 'node:readline'
import { call, callIds, publish } from './messages.mjs'

/** The work of a server for each text. */
const works = {
  calls: { texts: callIds.map(call), answer: ([, id, , value]) => [3, id, value] },
  events: { texts: callIds.map(() => publish), answer: ([, topic, event]) => [8, topic, event] },
}

createInterface({ input: process.stdin })
  .on('line', line => console.log(JSON.stringify({ perMessage: measured(JSON.parse(line)) })))
  .on('close', () => process.exit())

/** Measures the microseconds of CPU for one message and its results. */
function measured({ order, milliseconds }) {
  const { texts, answer } = works[order]
  const endsAt = performance.now() + milliseconds
  const before = process.cpuUsage()
  let messages = 0
  let octets = 0
  while (performance.now() < endsAt) {
    for (let times = 0; times < 100; times++) {
      for (const text of texts) octets += JSON.stringify(answer(JSON.parse(text))).length
    }
    messages += 100 * texts.length
  }
  const { user, system } = process.cpuUsage(before)
  if (octets === 0) throw new Error('nothing was measured')
  return (user + system) / messages
}
