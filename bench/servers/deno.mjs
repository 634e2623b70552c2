import { serving } from './lines.mjs'

const server = Deno.serve({ hostname: '127.0.0.1', port: 0, onListen: () => {} }, request => {
  const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: 0 })
  socket.binaryType = 'arraybuffer'
  socket.onmessage = event => socket.send(event.data)
  return response
})
serving(server.addr.port)
