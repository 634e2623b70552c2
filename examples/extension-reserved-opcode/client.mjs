// @ts-check
// Moves its cursor in the middle of a message.
import { connectWS, WebSocketClientFactory, WebSocketClientProtocol } from '@autobahn-ts/websocket'
import { cursor, cursorOpcode } from './cursor.mjs'

class Pointer extends WebSocketClientProtocol {
  onOpen() {
    this.beginMessage(true)
    this.sendMessageFrame(new Uint8Array(1000))
    this.sendFrame(cursorOpcode, Uint8Array.of(3, 4))
    this.sendMessageFrame(new Uint8Array(1000), { final: true })
  }

  /**
   * @param {import('@autobahn-ts/websocket').FrameHeader} frame
   * @param {Uint8Array} payload
   */
  onFrame(frame, payload) {
    console.log(`opcode ${frame.opcode} came back: ${[...payload].join(', ')}`)
  }

  /** @param {string} text */
  onTextMessage(text) {
    console.log(text)
    this.sendClose(1000)
  }
}

const port = Number(process.argv[2] ?? 9000)
const options = { protocol: Pointer, extensions: [cursor] }
const client = await connectWS(new WebSocketClientFactory(`ws://127.0.0.1:${port}`, options))
await client.closed
