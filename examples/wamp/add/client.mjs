// @ts-check
// Calls the procedures of service.mjs, through the router, and handles errors. Run it after the service: node examples/wamp/add/client.mjs.
// Port of the router: the first argument, 9000 by default.
import { connect, isWampError } from '@autobahn-ts/wamp'

const client = await connect(`ws://127.0.0.1:${process.argv[2] ?? 9000}`, { realm: 'realm1' })

console.log('2 + 3 =', await client.call('com.example.add', [2, 3]))

// Calls do not wait for each other.
console.log('sums:', await Promise.all([1, 2, 3].map(n => client.call('com.example.add', [n, n]))))

try {
  await client.call('com.example.divide', [5, 0])
} catch (error) {
  if (!isWampError(error, 'com.example.error.division_by_zero')) throw error
  console.log(error.uri, error.kwargs)
}

try {
  await client.call('com.example.subtract', [5, 3])
} catch (error) {
  // Nobody has registered it: the router says so.
  if (!isWampError(error)) throw error
  console.log(error.uri)
}

await client.close()
