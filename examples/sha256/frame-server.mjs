// @ts-check
// Hashes each frame of a message separately. A frame has to fit in memory, but a message may be of any length.
import { createHash } from 'node:crypto'
import { listenWS, WebSocketServerFactory, WebSocketServerProtocol } from '@autobahn-ts/websocket'

class FrameHash extends WebSocketServerProtocol {
  /** @param {Uint8Array} payload */
  onMessageFrame(payload) {
    // Answers while the message is still arriving.
    this.sendMessage(createHash('sha256').update(payload).digest('hex'))
  }
}

const port = Number(process.argv[2] ?? 9000)
// Frames keep their limit; messages have none, because they are not collected.
const options = { protocol: FrameHash, maxFramePayloadSize: 1024 * 1024, maxMessagePayloadSize: 0, maxMessageFrames: 0 }
const listener = await listenWS(new WebSocketServerFactory(`ws://127.0.0.1:${port}`, options))
process.once('SIGTERM', () => listener.close())

console.log(`listening at ${listener.url}`)
