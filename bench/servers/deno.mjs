import { readFileSync } from 'node:fs'
import { serving, wanted } from './serving.mjs'

const { tls } = wanted
const certificate = tls && { cert: readFileSync(tls.cert, 'utf8'), key: readFileSync(tls.key, 'utf8') }
const server = Deno.serve({ hostname: '127.0.0.1', port: 0, onListen: () => {}, ...certificate }, request => {
  const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: 0 })
  socket.binaryType = 'arraybuffer'
  socket.onmessage = event => socket.send(event.data)
  return response
})
serving(server.addr.port)
