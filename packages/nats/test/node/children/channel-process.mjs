// A process with a server whose connections join the channel of their path, over NATS. It broadcasts when it is told to.
// channel-process.mjs NATS-URL NAME
import { natsBus } from '@autobahn-ts/nats'
import { Channels, serve } from '@autobahn-ts/websocket'

const [url, name] = process.argv.slice(2)
const gaps = []
const bus = await natsBus({ servers: url, prefix: 'processes', onGap: gap => gaps.push(gap), onError: () => undefined })
const rooms = new Channels({ bus })
const listener = await serve(
  { host: '127.0.0.1', port: 0 },
  {
    '*': async ws => {
      const membership = rooms.get(ws.protocol.request.path).join(ws)
      await membership.joined
      await ws.send('joined')
      await membership
    },
  },
)
let number = 0

process.on('message', async ({ broadcast, ask }) => {
  if (broadcast !== undefined) {
    const remotes = new Set()
    for (let i = 0; i < broadcast; i++) {
      remotes.add(rooms.get('/room').broadcast(`${name} ${++number}`).remote)
      // Other events have their turn, and other processes theirs.
      if (i % 5 === 4) await new Promise(resolve => setImmediate(resolve))
    }
    process.send({ broadcasted: number, remotes: [...remotes] })
  }
  if (ask) process.send({ answer: ask, gaps, counters: bus.counters, isConnected: bus.isConnected })
})
process.on('disconnect', () => process.exit())
process.send({ port: listener.port })
