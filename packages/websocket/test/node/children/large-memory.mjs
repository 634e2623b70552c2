// Takes, fills and drops memory as messages of 256 KiB do, and prints how many fresh pages each took of the system in the end.
import { nodeRuntime } from '../../../dist/node/node-runtime.js'

const rounds = 3000
for (let round = 0; round < rounds; round++) nodeRuntime.allocateUnset(256 * 1024).fill(round)
const before = process.resourceUsage().minorPageFault
for (let round = 0; round < rounds; round++) nodeRuntime.allocateUnset(256 * 1024).fill(round)
console.log((process.resourceUsage().minorPageFault - before) / rounds)
