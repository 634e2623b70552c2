// @ts-check
// Hashes octets as they arrive. Frames and messages may be of any length, because they are not collected.
import { createHash } from 'node:crypto'
import { listenWS, WebSocketServerFactory, WebSocketServerProtocol } from '@autobahn-ts/websocket'

class StreamHash extends WebSocketServerProtocol {
  #hash = createHash('sha256')
  #length = 0

  onMessageBegin() {
    this.#hash = createHash('sha256')
    this.#length = 0
  }

  /**
   * Hashes octets, which are lent until the hook returns.
   *
   * @param {Uint8Array} payload
   */
  onMessageFrameData(payload) {
    this.#hash.update(payload)
    this.#length += payload.length
  }

  onMessageEnd() {
    console.log(`hashed ${this.#length} octets`)
    this.sendMessage(this.#hash.digest('hex'))
  }
}

const port = Number(process.argv[2] ?? 9000)
// 0 means no limit. The memory of this server does not depend on the size of messages.
const limits = { maxFramePayloadSize: 0, maxMessagePayloadSize: 0, maxMessageFrames: 0 }
const listener = await listenWS(new WebSocketServerFactory(`ws://127.0.0.1:${port}`, { protocol: StreamHash, ...limits }))
process.once('SIGTERM', () => listener.close())

console.log(`listening at ${listener.url}`)
