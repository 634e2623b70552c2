// Runs with the permission for the network only.
import { connect, permessageDeflate, serve } from '@autobahn-ts/websocket'

const extensions = [permessageDeflate()]
const listener = await serve({ port: 0, host: '127.0.0.1', extensions }, async ws => {
  for await (const message of ws) await ws.send(message)
})
const ws = await connect(`ws://127.0.0.1:${listener.port}`, { extensions })
await ws.send('hello '.repeat(100))
console.log((await ws.receive()).length)
await ws.close()
await listener.close()
