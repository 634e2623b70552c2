// @ts-check
// Authenticates with a wrong secret, anonymously, and with the right secret.
import { connectWamp, RpcError } from '@autobahn-ts/wamp/v1'

const url = `ws://127.0.0.1:${Number(process.argv[2] ?? 9000)}`
const secretUri = 'http://example.com/secret'

const stranger = await connectWamp(url)
await fails(stranger.authenticate('joe', null, 'password1'))
await fails(stranger.authenticate('eve', null, 'password1'))
await fails(stranger.call(secretUri))
console.log('as nobody:', JSON.stringify(await stranger.authenticate()))
await fails(stranger.call(secretUri))
await stranger.close()

// `onSession` is called for each session, so that the client also authenticates after a reconnect, before anything else is restored.
const joe = await connectWamp(url, {
  onSession: client => client.authenticate('joe', null, 'correct horse battery staple'),
})
console.log('as joe:', await joe.call(secretUri))
await joe.close()

/** @param {Promise<unknown>} call */
async function fails(call) {
  try {
    console.log('unexpected:', await call)
  } catch (error) {
    if (!(error instanceof RpcError)) throw error
    console.log(`${error.uri.split('#')[1]}: ${error.description}`)
  }
}
