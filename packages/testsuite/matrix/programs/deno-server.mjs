// Deno.serve with Deno.upgradeWebSocket
Deno.serve({ hostname: '127.0.0.1', port: 0, onListen: ({ port }) => console.log(`ws://127.0.0.1:${port}`) }, request => {
  if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket') return new Response('WebSocket only', { status: 426 })
  const { socket, response } = Deno.upgradeWebSocket(request)
  socket.binaryType = 'arraybuffer'
  socket.onmessage = ({ data }) => socket.send(data)
  socket.onerror = event => event.preventDefault()
  return response
})
