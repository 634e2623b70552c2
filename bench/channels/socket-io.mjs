// A server of the benchmark of channels: the same room with socket.io over Redis. socket-io.mjs URL
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import { createAdapter } from '@socket.io/redis-adapter'
import { createClient } from 'redis'
import { Server } from 'socket.io'

const publishing = createClient({ url: process.argv[2] })
const subscribing = publishing.duplicate()
await Promise.all([publishing.connect(), subscribing.connect()])
const server = createServer()
const io = new Server(server, { transports: ['websocket'], adapter: createAdapter(publishing, subscribing) })
io.on('connection', socket => {
  socket.join('room')
  socket.on('m', text => io.to('room').emit('m', text))
})
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port, pid: process.pid })))
createInterface({ input: process.stdin }).on('close', () => process.exit())
