// A worker of a chat: members join the channel of their path, and what they send goes to all of its members.
import { Channels, clusterBus, serve } from '../../../../dist/index.js'

const rooms = new Channels({ bus: await clusterBus() })
const listener = await serve(
  { host: '127.0.0.1', port: 0, exclusive: true },
  {
    '*': async ws => {
      const room = rooms.get(ws.protocol.request.path)
      await room.join(ws).joined
      await ws.send('joined')
      for await (const message of ws) room.broadcast(message, { except: ws })
    },
  },
)
process.send({ port: listener.port })
