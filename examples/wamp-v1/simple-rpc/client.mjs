// @ts-check
// Calls procedures of the server, one after the other and several at once.
import { connectWamp } from '@autobahn-ts/wamp/v1'

const port = Number(process.argv[2] ?? 9000)
const client = await connectWamp(`ws://127.0.0.1:${port}`)

// From here on `simple:` stands for the URI, in calls of this client.
client.prefix('simple', 'http://example.com/simple#')

console.log('23 + 7 =', await client.call('simple:add', 23, 7))
console.log(await client.call('simple:greet', 'Ada'))
console.log(await client.call('simple:greet', 'Grace'))

// Answers come in the order in which they are ready.
await Promise.all([
  client.call('simple:later', 'the first call', 0.1).then(console.log),
  client.call('simple:add', 1, 1).then(sum => console.log('1 + 1 =', sum)),
])

try {
  await client.callWith({ timeout: 0.01 }, 'simple:later', 'never seen', 60)
} catch (error) {
  console.log(String(error))
}

await client.close()
