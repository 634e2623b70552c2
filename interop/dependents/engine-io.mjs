// engine.io: the transport of socket.io, both sides, with compression.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { Server } from 'engine.io'
import { Socket } from 'engine.io-client'
import { did, provesDropIn } from './in-place.mjs'

const http = createServer().listen(0, '127.0.0.1')
await once(http, 'listening')
const server = new Server({ perMessageDeflate: { threshold: 0 }, pingInterval: 50 })
server.attach(http)
server.on('connection', socket => socket.on('message', data => socket.send(data)))

const client = new Socket(`ws://127.0.0.1:${http.address().port}`, { transports: ['websocket'] })
await new Promise(resolve => client.on('open', resolve))
const received = []
const done = new Promise(resolve => client.on('message', data => received.push(data) === 3 && resolve()))
for (const data of ['text', 'x'.repeat(5000), Buffer.from([1, 2, 3])]) client.send(data)
await done
did(
  'echoes texts and octets over its transport websocket',
  [client.transport.name, ...received],
  ['websocket', 'text', 'x'.repeat(5000), Buffer.from([1, 2, 3])],
)
await new Promise(resolve => client.on('heartbeat', resolve))
did('keeps the connection alive by its own pings', client.readyState, 'open')
const closed = new Promise(resolve => client.on('close', resolve))
server.close()
did('closes its clients', await closed, 'transport close')
http.close()
provesDropIn('engine.io', 'engine.io-client')
