// A process with a server at host:0 whose connections join the channel `room`, over NATS. It does what it is told by messages.
// channel-process.mjs OPTIONS, as JSON: { servers, prefix, host, name, history, replicas }
import { natsBus } from '@autobahn-ts/nats'
import { Channels, serve } from '@autobahn-ts/websocket'

const { servers, prefix, host, name, history, replicas } = JSON.parse(process.argv[2])
const gaps = []
const errors = []
const bus = await natsBus({
  servers,
  prefix,
  ...(replicas && { history: { replicas, storage: 'file' } }),
  onGap: gap => gaps.push(gap),
  onError: error => errors.push(error.message),
})
const rooms = new Channels({ bus, ...(history && { history }), onError: error => errors.push(error.message) })
const listener = await serve(
  { host, port: 0 },
  {
    '*': async ws => {
      const since = ws.request.query.get('since')
      const membership = rooms.get('room').join(ws, since === null ? {} : { since })
      await membership.joined
      await ws.send('joined')
      await membership
    },
  },
)
let number = 0

process.on('message', async ({ ask, broadcast, size = 0 }) => {
  const results = []
  for (let i = 0; i < (broadcast ?? 0); i++) {
    const { remote, stored, sent } = rooms.get('room').broadcast(`${name} ${++number}${size > 0 ? ` ${'x'.repeat(size)}` : ''}`)
    results.push({ number, remote, sent, stored: await stored })
    if (i % 5 === 4) await new Promise(resolve => setImmediate(resolve))
  }
  const { isConnected, counters } = bus
  const { position } = rooms.get('room')
  const memory = process.memoryUsage().rss
  process.send({ answer: ask, results, gaps, errors, isConnected, counters, position, memory })
})
process.on('disconnect', () => process.exit())
process.send({ port: listener.port })
