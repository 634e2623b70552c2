// socket.io: rooms, acknowledgements and octets, over connections that begin with HTTP and are upgraded.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { Server } from 'socket.io'
import { io } from 'socket.io-client'
import { did, provesDropIn } from './in-place.mjs'

const http = createServer()
const server = new Server(http)
server.on('connection', socket => {
  socket.join('room')
  socket.on('ask', (value, answer) => answer(value * 2))
  socket.on('say', (...said) => server.to('room').emit('said', ...said))
})
http.listen(0, '127.0.0.1')
await once(http, 'listening')

const url = `http://127.0.0.1:${http.address().port}`
const clients = [io(url, { forceNew: true }), io(url, { forceNew: true }), io(url, { forceNew: true, transports: ['websocket'] })]
await Promise.all(clients.map(client => new Promise(resolve => client.on('connect', resolve))))
await Promise.all(
  clients.map(({ io: { engine } }) => engine.transport.name === 'websocket' || new Promise(resolve => engine.on('upgrade', resolve))),
)
did(
  'upgrades all clients to websocket',
  clients.map(({ io: { engine } }) => engine.transport.name),
  ['websocket', 'websocket', 'websocket'],
)
did('acknowledges', await clients[0].timeout(5000).emitWithAck('ask', 21), 42)
const heard = Promise.all(clients.map(client => new Promise(resolve => client.on('said', (...said) => resolve(said)))))
clients[1].emit('say', 'hello', Buffer.from([1, 2, 3]), { deep: [new Uint8Array([4])] })
did(
  'broadcasts text and octets to a room',
  await heard,
  clients.map(() => ['hello', Buffer.from([1, 2, 3]), { deep: [Buffer.from([4])] }]),
)
const gone = Promise.all(clients.map(client => new Promise(resolve => client.on('disconnect', resolve))))
await server.close()
did('closes its clients', [...new Set(await gone)], ['transport close'])
for (const client of clients) client.close()
provesDropIn('engine.io', 'engine.io-client', 'socket.io-adapter')
