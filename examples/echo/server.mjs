// @ts-check
// Sends back each message, in class style: the library calls hooks, and the application calls send methods.
import { listenWS, WebSocketServerFactory, WebSocketServerProtocol } from '@autobahn-ts/websocket'

class Echo extends WebSocketServerProtocol {
  /**
   * @param {Uint8Array} payload
   * @param {boolean} isBinary
   */
  onMessage(payload, isBinary) {
    this.sendMessage(payload, isBinary)
  }
}

const port = Number(process.argv[2] ?? 9000)
const listener = await listenWS(new WebSocketServerFactory(`ws://127.0.0.1:${port}`, { protocol: Echo }))
// Closes open connections with 1001; after that nothing keeps the process alive.
process.once('SIGTERM', () => listener.close())

console.log(`listening at ${listener.url}`)
