// @ts-check
// Reads the progressive results of service.mjs in a loop: once until the end, and once until it has seen enough. Run it after the service:
// node examples/wamp/progress/client.mjs. Port of the router: the first argument, 9000 by default.
import { connect } from '@autobahn-ts/wamp'

const client = await connect(`ws://127.0.0.1:${process.argv[2] ?? 9000}`, { realm: 'realm1' })

const primes = client.stream('com.example.primes', [20])
for await (const prime of primes) console.log(prime)
console.log('in all:', await primes.result)

// Leaving the loop cancels the call: the service stops.
for await (const prime of client.stream('com.example.primes', [1_000_000_000])) {
  if (Number(prime) < 1000) continue
  console.log('the first above 1000:', prime)
  break
}

await client.close()
