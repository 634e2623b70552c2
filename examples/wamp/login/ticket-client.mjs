// @ts-check
// Logs in with a ticket, such as a token that a site has given out. It is sent as it is, so it needs TLS (`wss:`) outside one machine. Start
// the router first: node examples/wamp/login/router.mjs. Then: node examples/wamp/login/ticket-client.mjs. Port of the router: the first
// argument, 9000 by default.
import { connect, JoinRefused, ticket } from '@autobahn-ts/wamp'

const url = /** @type {const} */ (`ws://127.0.0.1:${Number(process.argv[2] ?? 9000)}`)

// A function is asked for each session, also after a loss: a token that expires is fetched anew.
const client = await connect(url, { realm: 'realm1', auth: ticket('tina', async () => 'a-token-of-tina') })
console.log(`joined by ${client.session?.authmethod} as ${await client.call('com.example.whoami')}`)

// The role may call this procedure and no other.
await client.call('com.example.secret').catch(error => console.log(error.uri))
await client.close()

try {
  await connect(url, { realm: 'realm1', auth: ticket('tina', 'a-token-of-somebody') })
} catch (error) {
  if (!(error instanceof JoinRefused)) throw error
  console.log(`with another ticket: ${error.uri}`)
}
