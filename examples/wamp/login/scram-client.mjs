// @ts-check
// Logs in with a password by SCRAM, the best choice for passwords: what the router keeps does not let anybody log in, and the router proves
// that it knows the user before the client goes on. Start the router first: node examples/wamp/login/router.mjs. Then:
// node examples/wamp/login/scram-client.mjs. Port of the router: the first argument, 9000 by default.
import { connect, JoinRefused, scram } from '@autobahn-ts/wamp'

const url = /** @type {const} */ (`ws://127.0.0.1:${Number(process.argv[2] ?? 9000)}`)

const client = await connect(url, { realm: 'realm1', auth: scram('sara', 'correct horse') })
console.log(`joined by ${client.session?.authmethod} as ${await client.call('com.example.whoami')}`)
await client.close()

try {
  await connect(url, { realm: 'realm1', auth: scram('sara', 'wrong horse') })
} catch (error) {
  if (!(error instanceof JoinRefused)) throw error
  console.log(`with another password: ${error.uri}`)
}
