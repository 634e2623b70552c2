// A server that answers each message with its length: this library in three styles, and ws.
import { listenWS, permessageDeflate, serve, WebSocketServerFactory, WebSocketServerProtocol } from '../../packages/websocket/dist/index.js'

const style = process.argv[2]
const extensions = [permessageDeflate()]
const starts = {
  async ws() {
    const { WebSocketServer } = await import('ws')
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: true, maxPayload: 16 * 1024 * 1024 })
    server.on('connection', socket => {
      socket.on('error', () => {})
      socket.on('message', message => socket.send(String(message.length)))
    })
    await new Promise(resolve => server.on('listening', resolve))
    return server.address().port
  },
  async classes() {
    class Answering extends WebSocketServerProtocol {
      onMessage(message) {
        this.sendMessage(String(message.length))
      }
    }
    const factory = new WebSocketServerFactory('ws://127.0.0.1:0', { protocol: Answering, extensions })
    return (await listenWS(factory)).port
  },
  async functions() {
    const listener = await serve({ host: '127.0.0.1', port: 0, extensions }, async ws => {
      for await (const message of ws) await ws.send(String(message.length))
    })
    return listener.port
  },
  async streams() {
    const listener = await serve({ host: '127.0.0.1', port: 0, extensions }, async ws => {
      for await (const message of ws.streams()) {
        let length = 0
        for await (const piece of message) length += piece.length
        await ws.send(String(length))
      }
    })
    return listener.port
  },
}
const port = await starts[style]()
console.log(JSON.stringify({ port }))
process.stdin.resume()
process.stdin.on('end', () => process.exit(0))
