// A server of the benchmark of channels: one room over NATS. autobahn-ts.mjs URL
import { createInterface } from 'node:readline'
import { natsBus } from '../../packages/nats/dist/index.js'
import { Channels, serve } from '../../packages/websocket/dist/index.js'

const rooms = new Channels({ bus: await natsBus({ servers: process.argv[2] }) })
const { port } = await serve({ host: '127.0.0.1', port: 0 }, async ws => {
  const room = rooms.get('room')
  await room.join(ws).joined
  for await (const text of ws.texts()) room.broadcast(text)
})
console.log(JSON.stringify({ port, pid: process.pid }))
createInterface({ input: process.stdin }).on('close', () => process.exit())
