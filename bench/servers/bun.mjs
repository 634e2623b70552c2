import { largest, news, serving, wanted } from './serving.mjs'

const { deflate = false, tls, upload } = wanted
const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  ...(tls && { tls: { cert: Bun.file(tls.cert), key: Bun.file(tls.key) } }),
  fetch: (request, self) => (self.upgrade(request) ? undefined : new Response('WebSocket only', { status: 426 })),
  websocket: {
    perMessageDeflate: deflate !== false,
    maxPayloadLength: largest,
    backpressureLimit: 64 * 1024 * 1024,
    idleTimeout: 0,
    open: socket => socket.subscribe('news'),
    message: (socket, message) => void socket.send(upload ? String(message.length) : message, deflate !== false),
  },
})
serving(server.port, { broadcast: () => void server.publish('news', news, deflate !== false) })
