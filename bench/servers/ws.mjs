import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { largest, news, serving, wanted } from './serving.mjs'

/** `ws`, or the package that stands in for it. */
const { WebSocketServer } = await import(process.env.IN_PLACE_OF_WS ?? 'ws')
const { deflate = false, tls, isText, upload } = wanted
const none = deflate === 'none' && { serverNoContextTakeover: true, clientNoContextTakeover: true }
const perMessageDeflate = deflate ? { threshold: 0, ...none } : false
const server = tls && createServer({ cert: readFileSync(tls.cert), key: readFileSync(tls.key) })
const place = server ? { server } : { host: '127.0.0.1', port: 0 }
const sockets = new WebSocketServer({ perMessageDeflate, maxPayload: largest, ...place })
sockets.on('connection', socket => {
  socket.on('message', (data, isBinary) => {
    if (upload) socket.send(String(data.length))
    else socket.send(isText && !isBinary ? data.toString() : data, { binary: isBinary })
  })
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
