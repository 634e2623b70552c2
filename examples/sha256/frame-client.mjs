// @ts-check
// Sends one message of five frames, each after the digest of the one before has arrived.
import { createHash, randomBytes } from 'node:crypto'
import { connectWS, WebSocketClientFactory, WebSocketClientProtocol } from '@autobahn-ts/websocket'

const frames = 5

class Sender extends WebSocketClientProtocol {
  #count = 0
  #expected = ''

  onOpen() {
    this.beginMessage(true)
    this.#sendFrame()
  }

  /** @param {string} digest */
  onTextMessage(digest) {
    console.log(`frame ${this.#count}: ${digest === this.#expected ? 'same digest' : 'another digest'} ${digest}`)
    if (this.#count < frames) return this.#sendFrame()
    this.sendClose(1000)
  }

  #sendFrame() {
    const payload = randomBytes(100_000)
    this.#expected = createHash('sha256').update(payload).digest('hex')
    this.#count++
    // The last frame ends the message. If the last frame is not known in advance, `endMessage` sends an empty one.
    this.sendMessageFrame(payload, { final: this.#count === frames })
  }
}

const port = Number(process.argv[2] ?? 9000)
const client = await connectWS(new WebSocketClientFactory(`ws://127.0.0.1:${port}`, { protocol: Sender }))
await client.closed
