// A client without WebSocket: the cost of the same octets for a plain socket of Node.
import { once } from 'node:events'
import { connect } from 'node:net'
import { connecting } from './connecting.mjs'

connecting(async port => {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  socket.on('data', chunk => socket.write(chunk))
  await once(socket, 'connect')
})
