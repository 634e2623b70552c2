// @ts-check
// Sends an ordinary message and an urgent one.
import { connectWS, WebSocketClientFactory, WebSocketClientProtocol } from '@autobahn-ts/websocket'
import { urgent, urgentBit } from './urgent.mjs'

class Customer extends WebSocketClientProtocol {
  #missing = 2

  onOpen() {
    console.log('extensions:', this.extensions.map(({ name }) => name).join(', '))
    this.#ask('a cup of tea', 0)
    this.#ask('the fire brigade', urgentBit)
  }

  /** @param {string} text */
  onTextMessage(text) {
    console.log(text)
    if (--this.#missing === 0) this.sendClose(1000)
  }

  /**
   * Sends a message of one frame with reserved bits.
   *
   * @param {string} text
   * @param {number} reserved
   */
  #ask(text, reserved) {
    this.beginMessage(false)
    this.sendMessageFrame(new TextEncoder().encode(text), { final: true, reserved })
  }
}

const port = Number(process.argv[2] ?? 9000)
const options = { protocol: Customer, extensions: [urgent] }
const client = await connectWS(new WebSocketClientFactory(`ws://127.0.0.1:${port}`, options))
await client.closed
