// @ts-check
// Sends three pings, each after the pong of the one before, and measures the round trips.
import { connectWS, WebSocketClientFactory, WebSocketClientProtocol } from '@autobahn-ts/websocket'

class Measuring extends WebSocketClientProtocol {
  #count = 0
  #sentAt = 0

  onOpen() {
    this.#ping()
  }

  /** @param {Uint8Array} payload */
  onPong(payload) {
    const took = performance.now() - this.#sentAt
    console.log(`pong ${new TextDecoder().decode(payload)} after ${took.toFixed(2)} ms`)
    if (this.#count < 3) this.#ping()
    else this.sendClose(1000)
  }

  #ping() {
    this.#sentAt = performance.now()
    this.sendPing(new TextEncoder().encode(String(++this.#count)))
  }
}

const port = Number(process.argv[2] ?? 9000)
const options = { protocol: Measuring, autoPingInterval: 0 }
const client = await connectWS(new WebSocketClientFactory(`ws://127.0.0.1:${port}`, options))
await client.closed
