// @ts-check
// Sends one frame in pieces: its length is known before its octets are.
import { createHash, randomBytes } from 'node:crypto'
import { connectWS, WebSocketClientFactory, WebSocketClientProtocol } from '@autobahn-ts/websocket'

const length = 1024 * 1024

class Sender extends WebSocketClientProtocol {
  #hash = createHash('sha256')

  onOpen() {
    this.beginMessage(true)
    this.beginMessageFrame(length, { final: true })
    let missing = length
    while (missing > 0) {
      const piece = randomBytes(Math.min(missing, 10_000))
      this.#hash.update(piece)
      // The result is the number of missing octets. The last octet ends the frame, and with it the message.
      missing = this.sendMessageFrameData(piece)
    }
  }

  /** @param {string} digest */
  onTextMessage(digest) {
    console.log(`frame of ${length} octets: ${digest === this.#hash.digest('hex') ? 'same digest' : 'another digest'} ${digest}`)
    this.sendClose(1000)
  }
}

const port = Number(process.argv[2] ?? 9000)
const client = await connectWS(new WebSocketClientFactory(`ws://127.0.0.1:${port}`, { protocol: Sender }))
await client.closed
