// The protocol of all processes of the benchmark: they get commands as lines of JSON, answer each with a line, and end with their parent.

import process from 'node:process'
import { createInterface } from 'node:readline'

/**
 * Carries out the commands of lines, one after the other: `{ command, … }`. An error, even one outside of a command, is the next answer: `{
 * error }`.
 */
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

/** Returns the CPU time, in microseconds, of all threads of the process, including those that have ended: `getrusage`. */
function cpu() {
  const { user, system } = process.cpuUsage()
  return { cpu: user + system }
}

/** Counts the objects on the heap, by kind. */
async function objects() {
  const { heapObjects } = await import('./heap-objects.mjs')
  return heapObjects()
}

/** Collects garbage several times, because freed memory is returned gradually; then returns the heap in use, and the memory of its objects outside, in KiB. */
async function gc() {
  for (let times = 0; times < 4; times++) {
    if (globalThis.Bun) globalThis.Bun.gc(true)
    else globalThis.gc?.()
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  const { heapUsed, external } = process.memoryUsage()
  return { heap: heapUsed / 1024, external: external / 1024 }
}
