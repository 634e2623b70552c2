// @ts-check
// A procedure with progressive results: each value that it yields goes to the caller at once, and the one that it returns is the result.
// Needs a router: node examples/wamp/router.mjs. Then: node examples/wamp/progress/service.mjs. Port of the router: the first argument, 9000
// by default.
import { connect } from '@autobahn-ts/wamp'

const client = await connect(`ws://127.0.0.1:${process.argv[2] ?? 9000}`, { realm: 'realm1', retryFirst: true })

await client.register('com.example.primes', async function* ({ args: [limit], signal }) {
  let found = 0
  try {
    for (let n = 2; n <= Number(limit); n++) {
      if (!isPrime(n)) continue
      found++
      yield n
      // Lets the process do other things between two numbers; a real procedure waits for a database or a device here.
      await new Promise(resolve => setImmediate(resolve))
    }
    return found
  } finally {
    // A caller that stops listening cancels the call. The signal is aborted, and the generator is ended at its `yield`.
    console.log(`primes up to ${limit}: ${signal.aborted ? 'cancelled' : 'complete'}`)
  }
})
process.once('SIGTERM', () => client.close())

console.log('ready')

/** @param {number} n */
function isPrime(n) {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false
  return true
}
