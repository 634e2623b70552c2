// @ts-check
// Subscribes and publishes, including cases that the server's handlers refuse. WAMP 1 does not report a refusal: the client receives
// nothing.
import { connectWamp } from '@autobahn-ts/wamp/v1'

const port = Number(process.argv[2] ?? 9000)
const client = await connectWamp(`ws://127.0.0.1:${port}`)
client.prefix('weather', 'http://example.com/weather/')

const last = new Promise(resolve => {
  for (const place of ['berlin', 'paris', 'atlantis']) {
    client.subscribe(`weather:${place}`, (topicUri, event) => {
      console.log(topicUri, event)
      if (topicUri.endsWith('paris')) resolve(undefined)
    })
  }
})

client.publish('weather:berlin', 21.5, { excludeMe: false })
client.publish('weather:berlin', 'warm', { excludeMe: false })
client.publish('weather:berlin', 5000, { excludeMe: false })
client.publish('weather:atlantis', 12, { excludeMe: false })
client.publish('weather:paris', 23, { excludeMe: false })

await last
await client.close()
