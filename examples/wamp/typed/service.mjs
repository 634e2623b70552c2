// @ts-check
// A service whose procedures, topics and errors are checked by the compiler, with the types in catalogue.ts. Needs a router:
// node examples/wamp/router.mjs. Then: node examples/wamp/typed/service.mjs. Port of the router: the first argument, 9000 by default.
//
// TypeScript needs no `connectTyped`: const client = await connect<Catalogue>(…).
import { connect, WampError } from '@autobahn-ts/wamp'

const connectTyped = /** @type {typeof connect<import('./catalogue.ts').Catalogue>} */ (connect)
const client = await connectTyped(`ws://127.0.0.1:${process.argv[2] ?? 9000}`, { realm: 'realm1', retryFirst: true })

const stock = new Map([
  ['green tea', 10],
  ['black tea', 4],
  ['coffee', 7],
])

await client.register('com.example.stock.count', ({ args: [sku] }) => stock.get(sku) ?? 0)

await client.register('com.example.stock.take', async ({ args: [sku, amount] }) => {
  const left = (stock.get(sku) ?? 0) - amount
  if (left < 0) throw new WampError('com.example.error.too_few', [sku], { left: left + amount })
  stock.set(sku, left)
  client.publish(`com.example.stock.changed.${sku.replaceAll(' ', '_')}`, [left])
  return left
})

await client.register('com.example.stock.search', function* ({ args: [text], kwargs: { limit = 10 } }) {
  const found = [...stock.keys()].filter(sku => sku.includes(text)).slice(0, limit)
  yield* found
  return { found: found.length }
})
process.once('SIGTERM', () => client.close())

console.log('ready')
