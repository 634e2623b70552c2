// @ts-check
// Logs in with a password by WAMP-CRA: the router sends a challenge, and the client signs it with a key that it derives from the password. The
// password is not sent. Start the router first: node examples/wamp/login/router.mjs. Then: node examples/wamp/login/wampcra-client.mjs. Port of
// the router: the first argument, 9000 by default.
import { connect, JoinRefused, wampcra } from '@autobahn-ts/wamp'

const url = /** @type {const} */ (`ws://127.0.0.1:${Number(process.argv[2] ?? 9000)}`)

const client = await connect(url, { realm: 'realm1', auth: wampcra('carl', 'open sesame') })
console.log(`joined by ${client.session?.authmethod} as ${await client.call('com.example.whoami')}`)
await client.close()

try {
  await connect(url, { realm: 'realm1', auth: wampcra('carl', 'open barley') })
} catch (error) {
  if (!(error instanceof JoinRefused)) throw error
  console.log(`with another password: ${error.uri}`)
}
