import { serve } from '@autobahn-ts/websocket'

await serve(
  { port: 8080 },
  {
    '/echo': async ws => {
      for await (const message of ws) await ws.send(message)
    },
  },
)
