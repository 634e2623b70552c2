// @ts-check
// Sends back each message, and tells all clients how many are connected, compressed with brotli.
import { listenWS, WebSocketServerFactory, WebSocketServerProtocol } from '@autobahn-ts/websocket'
import { permessageBrotli } from './permessage-brotli.mjs'

class Echo extends WebSocketServerProtocol {
  onOpen() {
    factory.broadcast(
      factory.prepareMessage(JSON.stringify({ event: 'arrival', here: factory.connections.size, since: 'the server began' })),
    )
  }

  /**
   * @param {Uint8Array} payload
   * @param {boolean} isBinary
   */
  onMessage(payload, isBinary) {
    this.sendMessage(payload, isBinary)
  }
}

const port = Number(process.argv[2] ?? 9000)
const options = { protocol: Echo, extensions: [permessageBrotli()] }
const factory = new WebSocketServerFactory(`ws://127.0.0.1:${port}`, options)
const listener = await listenWS(factory)
process.once('SIGTERM', () => listener.close())

console.log(`listening at ${listener.url}`)
