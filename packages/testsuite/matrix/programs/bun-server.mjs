// Bun.serve
const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch: (request, server) => (server.upgrade(request) ? undefined : new Response('WebSocket only', { status: 426 })),
  websocket: {
    perMessageDeflate: true,
    message: (ws, message) => void ws.send(message, true),
  },
})
console.log(`ws://127.0.0.1:${server.port}`)
