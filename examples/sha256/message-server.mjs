// @ts-check
// Hashes whole messages: the simplest way. Each message has to fit in memory (16 MiB unless another limit is set).
import { createHash } from 'node:crypto'
import { listenWS, WebSocketServerFactory, WebSocketServerProtocol } from '@autobahn-ts/websocket'

class MessageHash extends WebSocketServerProtocol {
  /** @param {Uint8Array} payload */
  onMessage(payload) {
    this.sendMessage(createHash('sha256').update(payload).digest('hex'))
  }
}

const port = Number(process.argv[2] ?? 9000)
const listener = await listenWS(new WebSocketServerFactory(`ws://127.0.0.1:${port}`, { protocol: MessageHash }))
process.once('SIGTERM', () => listener.close())

console.log(`listening at ${listener.url}`)
