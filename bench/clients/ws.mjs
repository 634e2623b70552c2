import { once } from 'node:events'
import { WebSocket } from 'ws'
import { connecting } from './connecting.mjs'

connecting(async port => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false })
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
  await once(socket, 'open')
})
