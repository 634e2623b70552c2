// @ts-check
// Logs in with a key pair (Ed25519), the best choice for programs and devices: the router knows the public key alone, and the client knows
// that of the router. Start the router first: node examples/wamp/login/router.mjs. Then: node examples/wamp/login/cryptosign-client.mjs. Port
// of the router: the first argument, 9000 by default.
//
// To make a key: openssl rand -hex 32. Its public key: publicKeyOf(key), of `@autobahn-ts/wamp/protocol`.
import { ChallengeRefused, connect, cryptosign } from '@autobahn-ts/wamp'
import { publicKeyOf } from '@autobahn-ts/wamp/protocol'

const url = /** @type {const} */ (`ws://127.0.0.1:${Number(process.argv[2] ?? 9000)}`)
// A real one is read from a file that others cannot read.
const key = '7d1c0e5a92b84f63a1d7e0c5583b9f246ae80d17c94b3f52e6a0917d48bc35f1'
const routerKey = 'a4ac76380d4bbaa7879c7cb0ea22b00d621760bcb6a755de7f0a4871abda226f'

// The router finds the user by the key: no name is needed.
const client = await connect(url, { realm: 'realm1', auth: cryptosign(key, { routerKey }) })
console.log(`joined by ${client.session?.authmethod} as ${await client.call('com.example.whoami')}`)
await client.close()

try {
  // Somebody who only pretends to be the router gets no signature of the client.
  await connect(url, { realm: 'realm1', auth: cryptosign(key, { routerKey: publicKeyOf('11'.repeat(32)) }) })
} catch (error) {
  if (!(error instanceof ChallengeRefused)) throw error
  console.log(`with another router: ${error.message}`)
}
