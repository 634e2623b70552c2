// No WebSocket at all: what the same octets cost a plain server of Node.
import { createServer } from 'node:net'
import { serving } from './lines.mjs'

const server = createServer({ noDelay: true }, socket => {
  socket.on('data', chunk => socket.write(chunk))
  socket.on('error', () => socket.destroy())
})
server.listen(0, '127.0.0.1', () => serving(server.address().port))
