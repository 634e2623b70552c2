import { WebSocketServer } from 'ws'
import { serving } from './serving.mjs'

const server = new WebSocketServer({ host: '127.0.0.1', port: 0 }, () => serving(server.address().port))
server.on('connection', socket => {
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
})
