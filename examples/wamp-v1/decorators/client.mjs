// @ts-check
// Calls decorated procedures, and receives the events that decorated handlers let through.
import { connectWamp } from '@autobahn-ts/wamp/v1'

const port = Number(process.argv[2] ?? 9000)
const client = await connectWamp(`ws://127.0.0.1:${port}`)
client.prefix('inventory', 'http://example.com/inventory#')

console.log('apples:', await client.call('inventory:count', 'apples'))
console.log('and two more:', await client.call('inventory:put', 'apples', 2))

const heard = new Promise(resolve => client.subscribe('http://example.com/news-town', (_, event) => resolve(event)))
client.publish('http://example.com/news-town', 'market day', { excludeMe: false })
console.log(await heard)

await client.close()
