import { createHash } from 'node:crypto'
import { serve } from '@autobahn-ts/websocket'

await serve(
  { port: 8080 },
  {
    '/upload': async ws => {
      for await (const message of ws.streams()) {
        const hash = createHash('sha256')
        for await (const octets of message) hash.update(octets)
        await ws.send(hash.digest('hex'))
      }
    },
  },
)
