import { Channel, serve } from '@autobahn-ts/websocket'

const room = new Channel()
await serve(
  { port: 8080 },
  {
    '/chat': async ws => {
      room.join(ws)
      for await (const text of ws.texts()) room.broadcast(text)
    },
  },
)
