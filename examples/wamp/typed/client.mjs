// @ts-check
// Calls service.mjs with the types in catalogue.ts: an editor completes the names and the arguments, and the compiler refuses wrong ones. Run
// it after the service: node examples/wamp/typed/client.mjs. Port of the router: the first argument, 9000 by default.
//
// TypeScript needs no `connectTyped`: const client = await connect<Catalogue>(…).
import { connect } from '@autobahn-ts/wamp'

const connectTyped = /** @type {typeof connect<import('./catalogue.ts').Catalogue>} */ (connect)
const client = await connectTyped(`ws://127.0.0.1:${process.argv[2] ?? 9000}`, { realm: 'realm1' })

// `left` is a number, as the catalogue says.
const changed = new Promise(resolve => {
  client.subscribe('com.example.stock.changed.green_tea', ({ args: [left] }) => resolve(left.toFixed(0)))
})

const count = await client.call('com.example.stock.count', ['green tea'])
console.log('green tea:', count.toFixed(0))
console.log('after taking 3:', await client.call('com.example.stock.take', ['green tea', 3]))
console.log('an event says:', await changed)

const search = client.stream('com.example.stock.search', ['tea'], { limit: 5 })
for await (const sku of search) console.log('-', sku.toUpperCase())
console.log((await search.result).found, 'found')

try {
  await client.call('com.example.stock.take', ['coffee', 100])
} catch (error) {
  if (!client.isWampError(error, 'com.example.error.too_few')) throw error
  console.log(`too few of ${error.args[0]}: ${error.kwargs.left} left`)
}

// @ts-expect-error: the compiler refuses a number where a text is needed
await client.call('com.example.stock.count', [12])

// Names that are not in the catalogue go through `untyped`.
console.log('sessions:', await client.untyped.call('wamp.session.count'))
await client.close()
