// What all processes of the benchmark have in common: they are told what to do by lines of JSON, answer each with one, and end with their parent.

import process from 'node:process'
import { createInterface } from 'node:readline'

/** Does what lines name, one after the other: `{ command, … }`. What goes wrong, also unasked, is the next answer: `{ error }`. */
export function answering(commands, first = {}) {
  const all = { cpu, gc, objects, ...commands }
  const say = answer => process.stdout.write(`${JSON.stringify(answer)}\n`)
  const fail = error => say({ error: error.message })
  process.on('uncaughtException', fail)
  process.on('unhandledRejection', fail)
  createInterface({ input: process.stdin })
    .on('line', async line => {
      try {
        const order = JSON.parse(line)
        say((await all[order.command](order)) ?? {})
      } catch (error) {
        fail(error)
      }
    })
    .on('close', () => process.exit())
  say(first)
}

/** Microseconds that all threads of the process have used so far, those that have ended too: `getrusage`. */
function cpu() {
  const { user, system } = process.cpuUsage()
  return { cpu: user + system }
}

/** Counts what is on the heap, by kind. */
async function objects() {
  const { heapObjects } = await import('./heap-objects.mjs')
  return heapObjects()
}

/** Collects garbage, several times, because what was freed is given back by and by; then the heap in use, and what its objects hold outside, in KiB. */
async function gc() {
  for (let times = 0; times < 4; times++) {
    if (globalThis.Bun) globalThis.Bun.gc(true)
    else globalThis.gc?.()
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  const { heapUsed, external } = process.memoryUsage()
  return { heap: heapUsed / 1024, external: external / 1024 }
}
