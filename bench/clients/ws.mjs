import { once } from 'node:events'
import { connecting } from './connecting.mjs'

/** `ws`, or the package that stands in for it. */
const { WebSocket } = await import(process.env.IN_PLACE_OF_WS ?? 'ws')

connecting(async port => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false })
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
  await once(socket, 'open')
})
