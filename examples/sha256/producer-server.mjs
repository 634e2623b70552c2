// @ts-check
// Like the streaming server, but slow: its hook returns a promise, and while that is pending no more is read. So the client has to wait.
import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { listenWS, WebSocketServerFactory, WebSocketServerProtocol } from '@autobahn-ts/websocket'

class SlowStreamHash extends WebSocketServerProtocol {
  #hash = createHash('sha256')
  #frames = 0

  onMessageFrameBegin() {
    this.#frames++
  }

  /**
   * Hashes octets. Because the hook returns a promise, it may keep the octets.
   *
   * @param {Uint8Array} payload
   */
  async onMessageFrameData(payload) {
    await wait(1)
    this.#hash.update(payload)
  }

  onMessageEnd() {
    console.log(`hashed ${this.#frames} frames`)
    this.sendMessage(this.#hash.digest('hex'))
  }
}

const port = Number(process.argv[2] ?? 9000)
const limits = { maxFramePayloadSize: 0, maxMessagePayloadSize: 0, maxMessageFrames: 0 }
const listener = await listenWS(new WebSocketServerFactory(`ws://127.0.0.1:${port}`, { protocol: SlowStreamHash, ...limits }))
process.once('SIGTERM', () => listener.close())

console.log(`listening at ${listener.url}`)
