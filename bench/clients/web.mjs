// The platform's own WebSocket: that of Bun, of Deno, and of Node since 22.
import { connecting } from './connecting.mjs'

connecting(
  port =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}`)
      socket.binaryType = 'arraybuffer'
      socket.onmessage = event => socket.send(event.data)
      socket.onopen = resolve
      socket.onerror = () => reject(new Error('the connection failed'))
    }),
)
