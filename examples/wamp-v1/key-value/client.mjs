// @ts-check
// Two clients of one store: one watches the changes of the other, and a change that a client has not seen is not overwritten.
import { connectWamp, RpcError } from '@autobahn-ts/wamp/v1'

/** @typedef {{ value: unknown, version: number }} Entry */

const port = Number(process.argv[2] ?? 9000)
const [writer, watcher] = await Promise.all([connectWamp(`ws://127.0.0.1:${port}`), connectWamp(`ws://127.0.0.1:${port}`)])
for (const client of [writer, watcher]) client.prefix('store', 'http://example.com/store#')

watcher.subscribe('http://example.com/store/changed#tea', (_, /** @type {Entry} */ { value, version }) =>
  console.log('tea is now', value, 'at version', version),
)
// The messages of a session are handled in order: when this call is answered, the subscription exists.
console.log('keys:', await watcher.call('store:keys'))

console.log('set:', await writer.call('store:set', 'tea', { sort: 'green', grams: 100 }, 0))
const { version } = /** @type {Entry} */ (await watcher.call('store:get', 'tea'))
console.log('set:', await watcher.call('store:set', 'tea', { sort: 'green', grams: 90 }, version))

await fails(writer.call('store:set', 'tea', { sort: 'black' }, 1))
await fails(writer.call('store:get', 'coffee'))
await fails(writer.call('store:get', 7))
console.log('delete:', await writer.call('store:delete', 'tea'))
console.log('keys:', await watcher.call('store:keys'))

await Promise.all([writer.close(), watcher.close()])

/** @param {Promise<unknown>} call */
async function fails(call) {
  try {
    console.log('unexpected:', await call)
  } catch (error) {
    if (!(error instanceof RpcError)) throw error
    console.log(`${error.uri.split('#')[1]}: ${error.description}`, error.details ?? '')
  }
}
