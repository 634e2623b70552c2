// This library as a server in function style, with its defaults and permessage-deflate.
import { permessageDeflate, serve } from '@autobahn-ts/websocket'

const listener = await serve({ host: '127.0.0.1', port: 0, extensions: [permessageDeflate()] }, async ws => {
  for await (const message of ws) await ws.send(message)
})
console.log(listener.url)
