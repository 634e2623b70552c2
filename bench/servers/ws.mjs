import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { WebSocketServer } from 'ws'
import { news, serving, wanted } from './lines.mjs'

const { deflate = false, tls } = wanted
const none = deflate === 'none' && { serverNoContextTakeover: true, clientNoContextTakeover: true }
const perMessageDeflate = deflate ? { threshold: 0, ...none } : false
const server = tls && createServer({ cert: readFileSync(tls.cert), key: readFileSync(tls.key) })
const sockets = new WebSocketServer({ perMessageDeflate, ...(server ? { server } : { host: '127.0.0.1', port: 0 }) })
sockets.on('connection', socket => {
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
})
const listening = server ?? sockets
if (server) server.listen(0, '127.0.0.1')
listening.on('listening', () =>
  serving(listening.address().port, {
    broadcast: () => {
      for (const client of sockets.clients) client.send(news, { binary: true })
    },
  }),
)
