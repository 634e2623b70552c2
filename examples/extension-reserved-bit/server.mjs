// @ts-check
// Distinguishes urgent messages from others by a reserved bit.
import { listenWS, WebSocketServerFactory, WebSocketServerProtocol } from '@autobahn-ts/websocket'
import { urgent, urgentBit } from './urgent.mjs'

class Desk extends WebSocketServerProtocol {
  /**
   * @param {Uint8Array} payload
   * @param {number} reserved
   */
  onMessageFrame(payload, reserved) {
    const isUrgent = (reserved & urgentBit) !== 0
    this.sendMessage(`${isUrgent ? 'at once' : 'in good time'}: ${new TextDecoder().decode(payload)}`)
  }
}

const port = Number(process.argv[2] ?? 9000)
const options = { protocol: Desk, extensions: [urgent] }
const listener = await listenWS(new WebSocketServerFactory(`ws://127.0.0.1:${port}`, options))
process.once('SIGTERM', () => listener.close())

console.log(`listening at ${listener.url}`)
