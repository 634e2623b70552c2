// @ts-check
// Sends faster than the server works, and notices: `sendMessage` returns false, and `onDrain` is called when it may go on.
import { connectWS, WebSocketClientFactory, WebSocketClientProtocol } from '@autobahn-ts/websocket'

const total = 200

class Hasty extends WebSocketClientProtocol {
  #next = 0
  #answers = 0
  #stops = 0

  onOpen() {
    this.#sendMore()
  }

  onDrain() {
    this.#sendMore()
  }

  /** @param {string} answer */
  onTextMessage(answer) {
    if (answer !== String(this.#answers++)) throw new Error('an answer came out of order')
    if (this.#answers < total) return
    console.log(`${total} answers in order; told to stop: ${this.#stops > 0}`)
    this.sendClose(1000)
  }

  #sendMore() {
    while (this.#next < total) {
      const payload = new Uint8Array(100_000)
      new DataView(payload.buffer).setUint32(0, this.#next++)
      // False means that the message was accepted, but that no more should be sent now.
      if (!this.sendMessage(payload)) {
        this.#stops++
        return
      }
    }
  }
}

const port = Number(process.argv[2] ?? 9000)
const client = await connectWS(new WebSocketClientFactory(`ws://127.0.0.1:${port}`, { protocol: Hasty }))
await client.closed
