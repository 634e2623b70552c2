// @ts-check
// The smallest service: two procedures that anybody in the realm can call, one of which reports an error. Needs a router:
// node examples/wamp/router.mjs. Then: node examples/wamp/add/service.mjs. Port of the router: the first argument, 9000 by default.
import { connect, WampError } from '@autobahn-ts/wamp'

// With `retryFirst` the service may be started before the router.
const client = await connect(`ws://127.0.0.1:${process.argv[2] ?? 9000}`, { realm: 'realm1', retryFirst: true })

await client.serve({
  'com.example.add': (/** @type {number} */ a, /** @type {number} */ b) => a + b,
  'com.example.divide': (/** @type {number} */ a, /** @type {number} */ b) => {
    // An error with a URI arrives at the caller as it is thrown; of any other error the caller learns nothing.
    if (b === 0) throw new WampError('com.example.error.division_by_zero', [], { dividend: a })
    return a / b
  },
})
process.once('SIGTERM', () => client.close())

console.log('ready')
