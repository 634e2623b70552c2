// @ts-check
// Receives messages as usual, and cursors between their frames.
import { listenWS, WebSocketServerFactory, WebSocketServerProtocol } from '@autobahn-ts/websocket'
import { cursor, cursorOpcode } from './cursor.mjs'

class Board extends WebSocketServerProtocol {
  /**
   * @param {import('@autobahn-ts/websocket').FrameHeader} frame
   * @param {Uint8Array} payload
   */
  onFrame(frame, payload) {
    console.log(`opcode ${frame.opcode}: cursor at ${[...payload].join(', ')}`)
    // Sends the frame back, so that the client sees it.
    this.sendFrame(cursorOpcode, payload)
  }

  /** @param {Uint8Array} payload */
  onMessage(payload) {
    this.sendMessage(`a message of ${payload.length} octets`)
  }
}

const port = Number(process.argv[2] ?? 9000)
const options = { protocol: Board, extensions: [cursor] }
const listener = await listenWS(new WebSocketServerFactory(`ws://127.0.0.1:${port}`, options))
process.once('SIGTERM', () => listener.close())

console.log(`listening at ${listener.url}`)
