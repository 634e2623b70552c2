// Takes, fills and drops memory as messages of 256 KiB do, and prints how many fresh pages each took of the system, in the batch with the fewest.
import { nodeRuntime } from '../../../dist/node/runtime/node-runtime.js'

const rounds = 500
let fewest = Number.POSITIVE_INFINITY
for (let batch = 0; batch < 12; batch++) {
  const before = process.resourceUsage().minorPageFault
  for (let round = 0; round < rounds; round++) nodeRuntime.allocateUnset(256 * 1024).fill(round)
  fewest = Math.min(fewest, (process.resourceUsage().minorPageFault - before) / rounds)
}
console.log(fewest)
