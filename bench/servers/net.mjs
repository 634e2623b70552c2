// A server without WebSocket: the cost of the same octets for a plain socket of Node.
import { readFileSync } from 'node:fs'
import * as net from 'node:net'
import * as secure from 'node:tls'
import { serving, wanted } from './serving.mjs'

const { tls, upload } = wanted
const server = tls
  ? secure.createServer({ noDelay: true, cert: readFileSync(tls.cert), key: readFileSync(tls.key) })
  : net.createServer({ noDelay: true })
server.on(tls ? 'secureConnection' : 'connection', socket => {
  socket.on('data', upload ? counting(socket) : chunk => socket.write(chunk))
  socket.on('error', () => socket.destroy())
})
server.listen(0, '127.0.0.1', () => serving(server.address().port))

function counting(socket) {
  let length = 0
  return chunk => {
    length += chunk.length
    if (length < upload) return
    socket.write(String(length))
    length = 0
  }
}
