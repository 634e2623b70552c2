// No WebSocket at all: what the same octets cost a plain client of Node.
import { once } from 'node:events'
import { connect } from 'node:net'
import { connecting } from './connecting.mjs'

connecting(async port => {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  socket.on('data', chunk => socket.write(chunk))
  await once(socket, 'connect')
})
